/** What a pipeline is called that nobody has given a name, in the list and in the code that it begins with. */
const UNNAMED = /^New pipeline( \(?\d+\)?)?$/
const UNNAMED_IN_CODE = 'my-pipeline'

/** What a job is called unless somebody says otherwise: as its pipeline; as the code says while that has no name yet. */
export function suggestedName(pipeline: string, inCode: string | undefined): string {
  if (inCode === undefined || inCode === UNNAMED_IN_CODE || !UNNAMED.test(pipeline)) return pipeline
  return inCode
}
