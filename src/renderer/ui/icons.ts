/** The icons in use, by what they mean here. */
import ArrowDown from '@lucide/svelte/icons/arrow-down'
import ArrowUp from '@lucide/svelte/icons/arrow-up'
import Check from '@lucide/svelte/icons/check'
import ChevronDown from '@lucide/svelte/icons/chevron-down'
import ChevronLeft from '@lucide/svelte/icons/chevron-left'
import ChevronRight from '@lucide/svelte/icons/chevron-right'
import CircleStop from '@lucide/svelte/icons/circle-stop'
import CircleX from '@lucide/svelte/icons/circle-x'
import Contrast from '@lucide/svelte/icons/contrast'
import Cpu from '@lucide/svelte/icons/cpu'
import Download from '@lucide/svelte/icons/download'
import Ellipsis from '@lucide/svelte/icons/ellipsis'
import File from '@lucide/svelte/icons/file'
import Folder from '@lucide/svelte/icons/folder'
import FolderUp from '@lucide/svelte/icons/folder-up'
import History from '@lucide/svelte/icons/history'
import House from '@lucide/svelte/icons/house'
import GitCompare from '@lucide/svelte/icons/git-compare-arrows'
import ImageOff from '@lucide/svelte/icons/image-off'
import Info from '@lucide/svelte/icons/info'
import Layers from '@lucide/svelte/icons/layers'
import LayoutGrid from '@lucide/svelte/icons/layout-grid'
import List from '@lucide/svelte/icons/list'
import ListOrdered from '@lucide/svelte/icons/list-ordered'
import Lock from '@lucide/svelte/icons/lock'
import Logs from '@lucide/svelte/icons/logs'
import Maximize from '@lucide/svelte/icons/maximize-2'
import Minus from '@lucide/svelte/icons/minus'
import Pause from '@lucide/svelte/icons/pause'
import Pencil from '@lucide/svelte/icons/pencil'
import Play from '@lucide/svelte/icons/play'
import Plus from '@lucide/svelte/icons/plus'
import Redo from '@lucide/svelte/icons/redo-2'
import ScanSearch from '@lucide/svelte/icons/scan-search'
import Search from '@lucide/svelte/icons/search'
import Shuffle from '@lucide/svelte/icons/shuffle'
import Settings from '@lucide/svelte/icons/settings-2'
import Star from '@lucide/svelte/icons/star'
import Archive from '@lucide/svelte/icons/archive'
import Columns from '@lucide/svelte/icons/columns-3'
import Tag from '@lucide/svelte/icons/tag'
import Table from '@lucide/svelte/icons/table'
import Timer from '@lucide/svelte/icons/timer'
import Trash from '@lucide/svelte/icons/trash-2'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import TrendingDown from '@lucide/svelte/icons/chart-spline'
import Undo from '@lucide/svelte/icons/undo-2'
import X from '@lucide/svelte/icons/x'

export const icons = {
  datasets: LayoutGrid,
  train: TrendingDown,
  runs: Logs,
  queue: ListOrdered,
  mistakes: CircleX,
  compare: GitCompare,
  predict: ScanSearch,
  models: Layers,
  engine: Cpu,
  search: Search,
  settings: Settings,
  star: Star,
  archive: Archive,
  columns: Columns,
  tag: Tag,
  theme: Contrast,
  plus: Plus,
  minus: Minus,
  play: Play,
  stop: CircleStop,
  pause: Pause,
  folder: Folder,
  'folder-up': FolderUp,
  file: File,
  home: House,
  corrections: History,
  undo: Undo,
  redo: Redo,
  alert: TriangleAlert,
  info: Info,
  check: Check,
  close: X,
  list: List,
  lock: Lock,
  delete: Trash,
  edit: Pencil,
  split: Shuffle,
  timer: Timer,
  table: Table,
  export: Download,
  more: Ellipsis,
  maximize: Maximize,
  'no-image': ImageOff,
  left: ChevronLeft,
  right: ChevronRight,
  unfolded: ChevronDown,
  up: ArrowUp,
  down: ArrowDown,
} as const
export type IconName = keyof typeof icons
