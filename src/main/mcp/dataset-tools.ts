import { z } from 'zod'
import { queryTextSchema, type Dataset } from '../../contract/entities/dataset'
import { datasetField, pageFields, tool, type Tool } from './tool'

export const datasetTools: readonly Tool[] = [
  tool(
    {
      name: 'list_datasets',
      title: 'List datasets',
      description: 'All datasets of this workbench, with how many images, classes and runs each has.',
    },
    z.object({}),
    async ({ call }) => ({ datasets: (await call('datasets.list', {})).map(shortDataset) }),
  ),
  tool(
    {
      name: 'get_dataset',
      title: 'Show a dataset',
      description:
        'One dataset with its classes, its split, its versions, what was wrong at the import, and which models were in use: the first is, with who promoted it, when and why.',
    },
    z.object({ dataset: datasetField }),
    async (home, { dataset }) => {
      const { id } = await home.findDataset(dataset)
      const [detail, versions, problems, promotions] = await Promise.all([
        home.call('datasets.get', { id }),
        home.call('datasets.versions', { id }),
        home.call('datasets.problems', { id, offset: 0, limit: 20 }),
        home.call('promotions.list', { datasetId: id }),
      ])
      return { dataset: detail, versions, problems, promotions: promotions.slice(0, 20) }
    },
  ),
  tool(
    {
      name: 'find_images',
      title: 'Find images of a dataset',
      description:
        "Images that a query finds, e.g. 'split:test class:Iris width<96 sort:path'; an empty query finds all. describe_query_language has the fields.",
    },
    z.object({ dataset: datasetField, query: queryTextSchema.default(''), ...pageFields }),
    async (home, { dataset, ...asked }) => {
      const { id } = await home.findDataset(dataset)
      return home.call('images.query', { datasetId: id, ...asked })
    },
  ),
]

function shortDataset(dataset: Dataset): Readonly<Record<string, unknown>> {
  const { id, name, imageCount, classCount, runCount, versionNumber, isUnlabelled, split } = dataset
  return { id, name, imageCount, classCount, runCount, versionNumber, isUnlabelled, partCounts: split.counts }
}
