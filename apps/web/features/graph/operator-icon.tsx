import type { OperatorKind } from '@weir/proto/web/pipeline'
import {
  ArrowDownToLine,
  ArrowUpToLine,
  Ban,
  Blend,
  Box,
  Cable,
  Clock,
  Columns3,
  Database,
  Dices,
  Divide,
  FileOutput,
  FileText,
  Funnel,
  Globe,
  Hash,
  Hourglass,
  List,
  LogIn,
  LogOut,
  type LucideIcon,
  Megaphone,
  Merge,
  Radio,
  Save,
  Shuffle,
  Sigma,
  Split,
  SquareFunction,
  Table2,
  Terminal,
  Waypoints,
} from 'lucide-react'
import { memo } from 'react'
import { familyOf, type OperatorFamily } from './operator-type.ts'

const ICONS: Readonly<Record<OperatorFamily, LucideIcon>> = {
  'file-source': FileText,
  'file-sink': FileOutput,
  generator: Dices,
  collection: List,
  topic: Radio,
  database: Database,
  web: Globe,
  rows: Table2,
  print: Terminal,
  nothing: Ban,
  map: Shuffle,
  filter: Funnel,
  split: Split,
  reduce: Merge,
  sum: Sigma,
  count: Hash,
  average: Divide,
  minimum: ArrowDownToLine,
  maximum: ArrowUpToLine,
  process: SquareFunction,
  async: Hourglass,
  state: Save,
  window: Columns3,
  time: Clock,
  join: Blend,
  connect: Cable,
  broadcast: Megaphone,
  union: Waypoints,
  source: LogIn,
  sink: LogOut,
  transform: Box,
}

interface OperatorIconProps {
  readonly type: string
  /** Decides for types whose name says nothing. */
  readonly kind?: OperatorKind
  readonly size?: number
}

/** The picture of an operator's type; decoration, since the name stands beside it. */
export const OperatorIcon = memo(function OperatorIcon({ type, kind, size = 16 }: OperatorIconProps) {
  const Icon = ICONS[familyOf(type, kind)]
  return <Icon size={size} strokeWidth={1.5} aria-hidden="true" />
})
