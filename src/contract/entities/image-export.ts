/** Chosen images, written out for other programs. */
import { z } from 'zod'

/** The first three are files, the others folders with a folder of each class. */
export const imageExportFormats = ['paths', 'csv', 'coco', 'copies', 'hard-links', 'links'] as const
export const imageExportFormatSchema = z.enum(imageExportFormats)
export type ImageExportFormat = z.infer<typeof imageExportFormatSchema>

export const imageExportNames: Readonly<Record<ImageExportFormat, string>> = {
  paths: 'List of paths',
  csv: 'CSV table',
  coco: 'COCO JSON',
  copies: 'Folder of copies',
  'hard-links': 'Folder of hard links',
  links: 'Folder of symbolic links',
}

/** How its files end; '' for a folder. */
export const imageExportEndings: Readonly<Record<ImageExportFormat, string>> = {
  paths: 'txt',
  csv: 'csv',
  coco: 'json',
  copies: '',
  'hard-links': '',
  links: '',
}
