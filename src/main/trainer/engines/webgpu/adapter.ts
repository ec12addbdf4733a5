/** GPUAdapterInfo, as far as it decides. */
export interface AdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b|\bcpu\b/i

/** Why an adapter counts as software, as the end of a sentence, or null for hardware. */
export function softwareReason(info: AdapterInfo): string | null {
  if (info.isFallbackAdapter === true) return 'this is a fallback adapter'
  const name = softwareNames.exec([info.architecture, info.device, info.description, info.vendor].join(' '))
  return name === null ? null : `"${name[0]}" means software`
}

export function describeAdapter({ vendor, architecture, device, description }: AdapterInfo): string {
  if (description !== '') return description
  const parts = [vendor, architecture, device].filter((part) => part !== '')
  return parts.length === 0 ? 'an adapter without a name' : parts.join(' ')
}
