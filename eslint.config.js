import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import { importFault } from './scripts/layers.mjs'

/** The rooms of scripts/layers.mjs, so that the editor shows an import that no room may have. */
const layers = {
  create(context) {
    const file = context.filename.replaceAll('\\', '/').split('/src/').slice(1).join('/src/')
    const check = (node, specifier, typeOnly) => {
      const fault = typeof specifier === 'string' ? importFault(file, specifier, typeOnly) : null
      if (fault !== null) context.report({ node, message: fault })
    }
    const statement = (node) =>
      node.source && check(node, node.source.value, (node.importKind ?? node.exportKind) === 'type')
    return {
      ImportDeclaration: statement,
      ExportNamedDeclaration: statement,
      ExportAllDeclaration: statement,
      ImportExpression: (node) => check(node, node.source.value, false),
    }
  },
}

/** ESLint keeps what it found by the configuration, in which a plugin is its name and version: another list of rooms is another version. */
const layersVersion = createHash('sha256')
  .update(readFileSync(new URL('./scripts/layers.mjs', import.meta.url)))
  .digest('hex')

export default ts.config(
  {
    ignores: [
      'node_modules',
      'out',
      '.cache',
      '.svelte-check',
      'test/fixtures',
      'test-results',
      'playwright-report',
    ],
  },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['src/**'],
    plugins: { bitw: { meta: { name: 'bitw', version: layersVersion }, rules: { layers } } },
    rules: { 'bitw/layers': 'error' },
  },
  {
    files: ['src/renderer/**'],
    ignores: ['src/renderer/whenever.svelte.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.name='$effect'], CallExpression[callee.object.name='$effect'][callee.property.name='pre']",
          message:
            'An effect follows whatever its work reads, and may run without end. Use whenever() of whenever.svelte.ts, which follows what it names, or onMount().',
        },
      ],
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
