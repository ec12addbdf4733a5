import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { openStore } from '../../../src/main/store/home/open'
import { addLabelEvents, addUndo, labelLog } from '../../../src/main/store/labels/label-events'
import { verdictsOfDataset } from '../../../src/main/store/labels/verdicts'
import { writeOldHome } from '../support/earlier-home'
import { temporaryHome } from '../support/home'

it('verdicts of before the one log hold, and undo starts with what is said since', async () => {
  const homePath = temporaryHome()
  writeOldHome(homePath, 27)
  const old = new Database(join(homePath, 'workbench.db'))
  old.exec(`
    INSERT INTO label_events (id, dataset_id, group_id, at_ms, by_whom, kind, image_id, value) VALUES (41, 1, 41, 5, 'ada', 'tag', 1, 'odd');
    INSERT INTO verdict_events (at_ms, rater, content_hash, prediction, label, answer) VALUES
      (10, 'ada', x'00112233445566778899aabbccddeeff', 'oak', 'elm', 'both'),
      (11, 'ada', x'00112233445566778899aabbccddee00', 'elm', 'oak', 'neither'),
      (12, 'ada', x'00112233445566778899aabbccddeeff', 'oak', 'elm', 'label'),
      (13, 'ada', x'00112233445566778899aabbccddee00', 'elm', 'oak', ''),
      (14, 'ada', x'ffffffff', 'elm', 'oak', 'both')`)
  old.close()

  const { db, close } = openStore(homePath)
  const said = async () => verdictsOfDataset(db, 1, () => Promise.resolve(), 'ada')
  expect(await said()).toMatchObject([{ imageId: 1, prediction: 'oak', label: 'elm', own: 'label' }])
  expect(labelLog(db, 1)).toMatchObject({ revision: 41, undo: 41 })

  const writer = { atMs: 20, byWhom: 'ada' }
  const change = { kind: 'verdict', prediction: 'oak', answer: 'unsure' } as const
  expect(addLabelEvents(db, 1, writer, [{ imageId: 1, change, fromClass: 'elm' }])).toBe(42)
  expect(await said()).toMatchObject([{ own: 'unsure' }])
  addUndo(db, 1, writer, 'undo', labelLog(db, 1).undo ?? 0)
  expect(await said()).toMatchObject([{ own: 'label' }])
  expect(labelLog(db, 1)).toMatchObject({ undo: 41 })
  expect(() => db.exec('DELETE FROM label_events')).toThrow('never deleted')
  close()
})
