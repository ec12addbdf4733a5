/** Homes as older versions left them: rows as the first version wrote them, brought up to a version and no further. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { migrate, migrations } from '../../../src/main/store/home/migrate'

/** Of the commit that laid the first tables: what came later has its value from the schema. */
const firstRecipe = {
  ...{ rule: 'paper', sizeClass: 'small', stepCount: 500, batchSize: 512, microBatchSize: 32 },
  ...{ resizePx: 160, cropPx: 128, baseLearningRate: 0.003, momentum: 0.9 },
  ...{ decayAtSteps: [200, 300, 400], warmupStepCount: 500, mixupAlpha: 0, flip: true, randomCrop: true },
  ...{ checkpointEverySteps: 50, evaluateEverySteps: 50, seed: 7 },
}

export const oldWeights = new Uint8Array(Float32Array.from({ length: 12 }, (_, index) => index / 3).buffer)

/** A dataset of two images, a run stopped after two steps with an evaluation, a prediction and a checkpoint. Closed. */
export function writeOldHome(homePath: string, version: number): void {
  const db = new Database(join(homePath, 'workbench.db'))
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('journal_mode = WAL')
  db.pragma('foreign_keys = ON')
  db.function('fold', { deterministic: true }, (text: unknown) => String(text).normalize('NFC').toLowerCase())
  migrate(db, migrations.slice(0, 1))
  db.transaction(() => {
    db.exec(firstRows)
    db.prepare('UPDATE runs SET recipe_json = ?').run(JSON.stringify(firstRecipe))
    db.prepare('UPDATE checkpoints SET sha256 = ?').run(createHash('sha256').update(oldWeights).digest())
    const chunk = db.prepare(
      'INSERT INTO checkpoint_chunks (checkpoint_id, position, bytes) VALUES (1, ?, ?)',
    )
    chunk.run(0, oldWeights.slice(0, 20))
    chunk.run(1, oldWeights.slice(20))
  })()
  migrate(db, migrations.slice(0, version))
  db.close()
}

const firstRows = `
INSERT INTO datasets (id, name, root_path, created_at_ms, image_count, class_count, problem_count, median_width_px, median_height_px, byte_count, rotated_count, current_split_id)
VALUES (1, 'trees', '/images/trees', 1000, 2, 2, 0, 200, 100, 2000, 0, 1);
INSERT INTO classes VALUES (1, 0, 'elm'), (1, 1, 'oak');
INSERT INTO splits VALUES (1, 1, 'seeded', 0.1, 0.1, 0, '0123abcd');
INSERT INTO images (id, dataset_id, class_index, path, folder_part, width_px, height_px, byte_count, content_hash, format, colour_space, bits_per_sample, has_alpha, orientation, modified_ms)
VALUES (1, 1, 0, 'elm/1.jpg', NULL, 200, 100, 1000, x'00112233445566778899aabbccddeeff', 'jpeg', 'srgb', 8, 0, 1, 1700000000123.5),
  (2, 1, 1, 'oak/1.jpg', NULL, 200, 100, 1000, x'00112233445566778899aabbccddee00', 'jpeg', 'srgb', 8, 0, 1, 1700000000123.5);
INSERT INTO split_images VALUES (1, 1, 0), (2, 1, 2);
INSERT INTO split_classes VALUES (1, 0, 1, 0, 0), (1, 1, 0, 0, 1);
INSERT INTO runs (id, name, dataset_id, split_id, state, model, spec_json, recipe_json, choices_json, departure_count, example_count, class_count, parameter_count, created_at_ms, ended_at_ms, steps_done, evaluated_on, correct_count, evaluated_count, accuracy, accuracy_low, accuracy_high, wrong_count, checkpoint_step)
VALUES (1, 'old', 1, 1, 'stopped', 'units:1-1-1-1,width:0.5', '{"units":[1,1,1,1],"width":0.5}', '{}', '[]', 0, 1, 2, 12, 2000, 3000, 2, 2, 0, 1, 0, 0, 0.8, 1, 2);
INSERT INTO steps VALUES (1, 0, 0.7, 0.5, 0.1, 10, 1, 2001), (1, 1, 0.6, 0.5, 0.1, 10, 1, 2002);
INSERT INTO evaluations VALUES (1, 2, 2, 0.7, 0, 1, 0, 0, 0.8, 2500);
INSERT INTO log_lines (run_id, at_ms, kind, text) VALUES (1, 2000, 'info', 'Started.');
INSERT INTO predictions (run_id, image_id, label_index, predicted_index, loss, label_rank, label_probability, confidence, top)
VALUES (1, 2, 1, 0, 0.7, 2, 0.4, 0.6, x'000000009a99193f');
INSERT INTO checkpoints (id, run_id, step_index, created_at_ms, byte_count) VALUES (1, 1, 2, 2400, 48);
INSERT INTO checkpoint_tensors VALUES (1, 0, 'w', '[12]', 48);
`
