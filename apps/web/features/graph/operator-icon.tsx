import {
  ArrowDownToLine,
  ArrowUpToLine,
  Ban,
  Box,
  Clock,
  Columns3,
  Dices,
  Divide,
  FileOutput,
  FileText,
  Funnel,
  Hash,
  List,
  type LucideIcon,
  Merge,
  Shuffle,
  Sigma,
  Split,
  SquareFunction,
  Table2,
  Terminal,
} from 'lucide-react'
import { memo } from 'react'

const ICONS: Readonly<Record<string, LucideIcon>> = {
  fileSource: FileText,
  datagen: Dices,
  collection: List,
  map: Shuffle,
  filter: Funnel,
  flatMap: Split,
  reduce: Merge,
  sum: Sigma,
  count: Hash,
  avg: Divide,
  min: ArrowDownToLine,
  max: ArrowUpToLine,
  aggregate: Sigma,
  process: SquareFunction,
  keyedProcess: SquareFunction,
  window: Columns3,
  timestamps: Clock,
  fileSink: FileOutput,
  collect: Table2,
  print: Terminal,
  blackhole: Ban,
}

interface OperatorIconProps {
  readonly type: string
  readonly size?: number
}

/** The picture of an operator's type; decoration, since the name stands beside it. */
export const OperatorIcon = memo(function OperatorIcon({ type, size = 16 }: OperatorIconProps) {
  const Icon = ICONS[type] ?? Box
  return <Icon size={size} strokeWidth={1.5} aria-hidden="true" />
})
