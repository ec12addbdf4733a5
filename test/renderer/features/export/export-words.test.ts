import { describe, expect, it } from 'vitest'
import { exportFormats, type Certificate } from '../../../../src/contract/entities/export'
import {
  certificateLines,
  formatWords,
  newPath,
  smallFigure,
} from '../../../../src/renderer/features/export/export-words'

const image = { widthPx: 64, heightPx: 48, sha256: '', logits: [] }
const photo = {
  widthPx: 85,
  heightPx: 64,
  meanLevels: 0.2,
  greatestLevels: 1,
  probabilities: 2e-4,
  argMaxAgrees: true,
}
const certificate: Certificate = {
  format: 'onnx',
  createdAt: '2026-11-24T10:00:00Z',
  workbenchVersion: '0.1.0',
  model: {
    name: 'a',
    title: 'BiT-Tiny fine-tuned on flowers',
    architecture: 'R50x1',
    sha256: '',
    parameterCount: 1234,
    classCount: 3,
    cropPx: 64,
  },
  engine: { name: 'TensorFlow', version: '2.20.0', device: 'CPU' },
  runtime: { name: 'onnxruntime-node', version: '1.22.0', device: 'CPU' },
  files: [],
  images: [
    { ...image, argMaxAgrees: true },
    { ...image, argMaxAgrees: false },
  ],
  logits: { absolute: 3.2e-6, relative: 4.1e-6 },
  probabilities: { absolute: 8e-7, relative: 1e-6 },
  argMaxAgrees: false,
  tolerance: { absolute: 0.002, rounding: 1e-4, because: '' },
  resize: null,
  decoder: {
    photos: [photo, { ...photo, meanLevels: 0, probabilities: 0 }],
    meanLevels: { median: 0.1, worst: 0.2 },
    probabilities: { median: 1e-4, worst: 2e-4 },
  },
  bitExact: null,
  agrees: false,
}

describe('an export', () => {
  it('has a sentence for every format', () => {
    expect(formatWords.map(({ id }) => id).sort()).toEqual([...exportFormats].sort())
    for (const { about } of formatWords) expect(about).toMatch(/\.$/)
  })

  it('goes to a folder of its own, on every system', () => {
    expect(newPath('/home/me/', 'flowers: first try', 'onnx')).toBe('/home/me/flowers-first-try-onnx')
    expect(newPath('C:\\Users\\me', 'R50x1', 'npz')).toBe('C:\\Users\\me\\R50x1-npz')
    expect(newPath('/', '../..', 'tfjs')).toBe('/model-tfjs')
  })
})

describe('a certificate in figures', () => {
  it('writes small ones with two digits and a true minus', () => {
    expect(smallFigure(0)).toBe('0')
    expect(smallFigure(0.0123)).toBe('0.012')
    expect(smallFigure(3.24e-6)).toBe('3.2e−6')
    expect(smallFigure(1e-4)).toBe('1e−4')
  })

  it('has both sides, the differences beside the tolerance, and how many images agree', () => {
    const text = certificateLines(certificate).map(({ what, value }) => `${what}: ${value}`)
    expect(text).toContain('Model: BiT-Tiny fine-tuned on flowers: R50x1, 1 K parameters, 64 px')
    expect(text).toContain('Export runtime: onnxruntime-node 1.22.0, CPU')
    expect(text).toContain('Logits, largest difference: 4.1e−6 relative, 3.2e−6 absolute')
    expect(text).toContain(
      'Tolerance: 0.002 absolute; rounding the images once changes a logit by up to 1e−4',
    )
    expect(text).toContain('Top class: the same on 1 of 2 images')
    expect(text).toContain(
      'Probabilities with the workbench’s image decoder, difference: 1e−4 median, 2e−4 worst, on 2 photo-like images; mean pixel difference 0.10 of 255 levels median, 0.20 worst',
    )
    expect(text.join()).not.toMatch(/Built-in resize|read back/)
  })

  it('says of weights whether they are the same bit for bit, and of graphs how they resize', () => {
    const values = (change: Partial<Certificate>): string =>
      certificateLines({ ...certificate, ...change })
        .map(({ value }) => value)
        .join('\n')
    expect(values({ bitExact: true })).toContain('identical, bit for bit')
    expect(values({ bitExact: false })).toContain('not all identical')
    expect(values({ resize: { greatestLevels: 0.01, toleranceLevels: 0.5 } })).toContain(
      '0.01 of 255 levels (tolerance 0.5)',
    )
  })
})
