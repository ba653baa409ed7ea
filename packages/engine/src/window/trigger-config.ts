/** A trigger as it stands in a window operator's config; `custom` is the function `triggerFn` of the node. */
export type TriggerConfig =
  | { readonly type: 'eventTime' }
  | { readonly type: 'processingTime' }
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'continuousEventTime'; readonly intervalMs: number }
  | { readonly type: 'continuousProcessingTime'; readonly intervalMs: number }
  | { readonly type: 'purging'; readonly of: TriggerConfig }
  | { readonly type: 'custom' }

/** An evictor in the same way; `custom` and the function of `delta` are `evictorFn`. */
export type EvictorConfig =
  | { readonly type: 'count'; readonly count: number; readonly after?: boolean }
  | { readonly type: 'time'; readonly keepMs: number; readonly after?: boolean }
  | { readonly type: 'delta'; readonly threshold: number; readonly after?: boolean }
  | { readonly type: 'custom' }
