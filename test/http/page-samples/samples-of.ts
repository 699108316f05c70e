export type SamplesOf<Pages> = { readonly [Name in keyof Pages]: readonly Pages[Name][] };
