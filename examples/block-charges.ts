// Block fraudulent charges: a risk service is asked about every charge, many at once, and what it finds too risky is blocked.
// Shows: async requests, retries, alerts with an action

import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

interface Charge {
  id: number
  country: string
  amount: number
}

interface Decision extends Charge {
  risk: number
  action: 'allow' | 'review' | 'block'
}

/** Stands for a request to another system: it answers later. */
async function askForRisk(charge: Charge): Promise<number> {
  await undefined
  const ofCountry = charge.country === 'XX' ? 50 : 10
  return Math.min(100, ofCountry + Math.floor(charge.amount / 20))
}

const env = new StreamExecutionEnvironment('block-charges')

env
  .addSource(
    datagenSource<Charge>({
      rowsPerSecond: 50,
      seed: 8,
      generator: (index, random) => ({
        id: index,
        country: ['NO', 'SE', 'DK', 'FI', 'XX'][Math.floor(random() * 5)] as string,
        amount: Math.round(150_000 * random() ** 3) / 100,
      }),
    }),
  )
  .name('charges')
  .asyncMap(
    async (charge): Promise<Decision> => {
      const risk = await askForRisk(charge)
      return { ...charge, risk, action: risk >= 80 ? 'block' : risk >= 55 ? 'review' : 'allow' }
    },
    { capacity: 50, timeoutMs: 5_000, retries: { attempts: 3, delayMs: 200 } },
  )
  .name('ask for the risk')
  .filter(decision => decision.action !== 'allow')
  .name('too risky')
  .addSink(collectSink())
  .name('actions')

export default env
