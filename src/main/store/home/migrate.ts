import { WorkbenchError } from '../../../contract/errors'
import { initialSql } from './migrations/0001-initial'
import { modelsSql } from './migrations/0002-models'
import { unreadableImagesSql } from './migrations/0003-unreadable-images'
import { resultsSql } from './migrations/0004-results'
import { budgetSql } from './migrations/0005-budget'
import { predictionSetsSql } from './migrations/0006-prediction-sets'
import { sourcesSql } from './migrations/0007-sources'
import { foldersSql } from './migrations/0008-folders'
import { datasetVersionsSql } from './migrations/0009-dataset-versions'
import { labelEventsSql } from './migrations/0010-label-events'
import { preflightSql } from './migrations/0011-preflight'
import { sourceOptionsSql } from './migrations/0012-source-options'
import { labelDoubtsSql } from './migrations/0013-label-doubts'
import { featuresElsewhereSql } from './migrations/0014-features-elsewhere'
import { savedQueriesSql } from './migrations/0015-saved-queries'
import { versionDraftsSql } from './migrations/0016-version-drafts'
import { otherSetsSql } from './migrations/0017-other-sets'
import { ratingsSql } from './migrations/0018-ratings'
import { deskSql } from './migrations/0019-desk'
import { checkpointsSql } from './migrations/0020-checkpoints'
import { exchangeSql } from './migrations/0021-exchange'
import { queueSql } from './migrations/0022-queue'
import { stepBlocksSql } from './migrations/0023-step-blocks'
import { runViewsSql } from './migrations/0024-run-views'
import { boxesSql } from './migrations/0025-boxes'
import { verdictsAndPairsSql } from './migrations/0026-verdicts-and-pairs'
import { importedRunsSql } from './migrations/0027-imported-runs'
import { verdictsUndoneSql } from './migrations/0028-verdicts-undone'
import { againSql } from './migrations/0029-again'
import { registerAggregates } from '../sql-aggregates'
import type { Db } from '../statement'

/** Position n makes version n + 1. */
export const migrations: readonly string[] = [
  initialSql,
  modelsSql,
  unreadableImagesSql,
  resultsSql,
  budgetSql,
  predictionSetsSql,
  sourcesSql,
  foldersSql,
  datasetVersionsSql,
  labelEventsSql,
  preflightSql,
  sourceOptionsSql,
  labelDoubtsSql,
  featuresElsewhereSql,
  savedQueriesSql,
  versionDraftsSql,
  otherSetsSql,
  ratingsSql,
  deskSql,
  checkpointsSql,
  exchangeSql,
  queueSql,
  stepBlocksSql,
  runViewsSql,
  boxesSql,
  verdictsAndPairsSql,
  importedRunsSql,
  verdictsUndoneSql,
  againSql,
]

/** 'BiTW': marks a file as a workbench database (https://sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x42695457

/** Throws 'home-broken' when the file is another program's, or was written by a newer workbench. `mayBeNew`: without tables, it is ours. Reads only. */
export function checkVersion(db: Db, steps: readonly string[] = migrations, mayBeNew = true): number {
  const version = pragmaNumber(db, 'user_version')
  const owner = pragmaNumber(db, 'application_id')
  const isNew = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (owner !== applicationId && !(isNew && mayBeNew)) {
    throw new WorkbenchError(
      'home-broken',
      `${db.name} is the database of another program, or an empty one.`,
      'It was not changed. Move it, or choose another home with --home.',
    )
  }
  if (version > steps.length) {
    throw new WorkbenchError(
      'home-broken',
      `${db.name} was written by a newer BiT Workbench (database version ${version}; this one knows up to ${steps.length}).`,
      'Start the newer workbench, or choose another home with --home. Nothing was changed.',
    )
  }
  return version
}

/** Brings the database up to date, one transaction a step: a crash leaves a whole version, the old or the new one. */
export function migrate(db: Db, steps: readonly string[] = migrations): void {
  registerAggregates(db)
  for (let version = checkVersion(db, steps); version < steps.length; version++) {
    db.transaction(() => {
      db.exec(steps[version] ?? '')
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${version + 1}`)
    }).immediate()
  }
}

function pragmaNumber(db: Db, name: string): number {
  return Number(db.pragma(name, { simple: true }))
}
