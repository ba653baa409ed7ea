// Word count: the words of made-up sentences, 5,000 a second, counted in windows of 10 seconds.
// Shows: processing time, windows, reduce

import { datagenSource, printSink, StreamExecutionEnvironment, TumblingWindow } from '@weir/sdk'

const WORDS =
  'the Sea a Whale and Ship of Captain to Harpoon in Storm Night Anchor Island Sailor Deck Mast Gale Spray'.split(' ')

const env = new StreamExecutionEnvironment('word-count')
env.setParallelism(2)

env
  .addSource(
    datagenSource({
      rowsPerSecond: 5_000,
      seed: 1,
      // The earlier a word stands in the list, the more often it comes.
      generator: (_index, random) =>
        Array.from(
          { length: 3 + Math.floor(random() * 6) },
          () => WORDS[Math.floor(random() ** 2 * WORDS.length)],
        ).join(' '),
    }),
  )
  .name('sentences')
  .flatMap(sentence => sentence.split(' '))
  .name('split')
  .map(word => ({ word: word.toLowerCase(), count: 1 }))
  .name('lower case')
  .keyBy(w => w.word)
  .window(TumblingWindow.of(10_000).processingTime())
  .reduce((a, b) => ({ word: a.word, count: a.count + b.count }))
  .name('count in 10 s')
  .filter(w => w.count > 5)
  .addSink(printSink('word-count'))

export default env
