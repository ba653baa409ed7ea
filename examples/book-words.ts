// Book words: a running count of every word of Moby Dick, read from a file and written to files.
// Shows: files, running totals

import { fileSink, fileSource, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('book-words')
env.setParallelism(2).enableCheckpointing(10_000)

env
  .addSource(fileSource({ path: 'data/book.txt', format: 'lines' }))
  .flatMap(line => line.toLowerCase().match(/[a-z']+/g) ?? [])
  .map(word => ({ word, count: 1 }))
  .keyBy(w => w.word)
  .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
  .addSink(fileSink({ path: 'out/book-words', format: 'json' }))

export default env
