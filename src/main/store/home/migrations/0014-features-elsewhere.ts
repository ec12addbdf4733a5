/** Features of images are kept in a file of their own, for all datasets (store/features.ts). */
export const featuresElsewhereSql = `
DROP TABLE image_features;
`
