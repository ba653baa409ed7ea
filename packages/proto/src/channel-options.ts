import type { ChannelOptions } from '@grpc/grpc-js'

/** The largest message between JobManager and TaskManagers: a deployment carries the job's bundle and its source map. */
export const MESSAGE_BYTES_MAX = 128 * 1024 * 1024

/**
 * For clients and servers alike: both sides must allow the same sizes, and notice a peer that has vanished without
 * closing its connections (its machine is gone) by HTTP/2 pings.
 */
export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  // A process that is back must not wait for the default back-off of up to 2 minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Processes of one cluster talk to each other directly.
  'grpc.enable_http_proxy': 0,
}
