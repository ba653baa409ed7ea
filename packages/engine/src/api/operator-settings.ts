import { checkParallelism, checkText, misuse } from './checks.ts'
import type { StreamNode } from './stream-node.ts'

/** What can be set on every operator. */
export interface OperatorSettings {
  /** The name that people see; by default the operator's type. */
  name(name: string): this
  /**
   * The operator's identity over versions of the job: its state is found by it. Set it on operators with state whose
   * name or inputs may change.
   */
  uid(uid: string): this
  /** How many subtasks run this operator; by default the job's parallelism. */
  setParallelism(parallelism: number): this
  /** Does not chain this operator to its input: it gets its own step, and an exchange before it. */
  startNewChain(): this
  /** Chains this operator with nobody. */
  disableChaining(): this
  /** Operators of one group share slots; by default the group of the inputs. */
  slotSharingGroup(group: string): this
}

export function setName(node: StreamNode, name: string): void {
  node.name = checkText('name', name, node.name, 'the name')
}

export function setUid(node: StreamNode, uid: string): void {
  node.uid = checkText('uid', uid, node.name, 'the uid')
}

export function setNodeParallelism(node: StreamNode, parallelism: number): void {
  checkParallelism('setParallelism', parallelism, node.name)
  if (node.fixedParallelism !== undefined && parallelism !== node.fixedParallelism) {
    throw misuse(
      node.name,
      `setParallelism(${parallelism}): "${node.type}" runs with parallelism ${node.fixedParallelism} only; set the parallelism of the operator after it`,
    )
  }
  node.parallelism = parallelism
}

export function setSlotSharingGroup(node: StreamNode, group: string): void {
  node.slotSharingGroup = checkText('slotSharingGroup', group, node.name, 'the group')
}
