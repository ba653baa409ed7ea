// Hello: a few words in capital letters. The smallest job there is; it ends by itself.
// Shows: map, print

import { StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('hello')

env
  .fromElements('hello', 'stream', 'of', 'words')
  .map(word => word.toUpperCase())
  .name('upper case')
  .print()

export default env
