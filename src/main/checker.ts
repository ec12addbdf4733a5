/** A process that looks through a database and says what is wrong with it: beside the core, which stays free for the window meanwhile. */
import { constants, setPriority } from 'node:os'
import { checkTables } from './store/check-tables'

try {
  setPriority(constants.priority.PRIORITY_LOW)
} catch {
  // not allowed here: then it takes its share like any other
}
process.send?.({ findings: checkTables(process.argv[2] ?? '') }, () => process.disconnect())
