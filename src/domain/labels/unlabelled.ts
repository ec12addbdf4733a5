/** What images without a label are called until they have one: no class, though it stands where a class stands. */
export const unlabelledName = 'unlabelled'
