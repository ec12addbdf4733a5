import type { ErrorCode } from '../../contract/errors'

/** HTTP's word for each refusal; all others are 422. */
export const statuses = {
  'bad-input': 400,
  'not-allowed': 403,
  'not-found': 404,
  'path-not-found': 404,
  busy: 409,
  'name-taken': 409,
  'home-locked': 409,
  internal: 500,
  unsupported: 501,
  cancelled: 503,
  'disk-full': 507,
} as const satisfies { readonly [Code in ErrorCode]?: number }

export function statusOf(code: ErrorCode): number {
  return (statuses as { readonly [Code in ErrorCode]?: number })[code] ?? 422
}
