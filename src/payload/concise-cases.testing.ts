// SPDX-License-Identifier: Apache-2.0

/** Floats of 64 bits, and what they are shortened to. */
export const FLOATS: readonly (readonly [string, string])[] = [
  // 21.4, -21.4, 3.71, 0.001, 1e-10
  ['fb4035666666666666', 'c618d6'],
  ['fbc035666666666666', 'c638d5'],
  ['fb400dae147ae147ae', 'c7190173'],
  ['fb3f50624dd2f1a9fc', 'c801'],
  ['fb3ddb7cdfd9d7bdbb', 'cf01'],
  // 0.07: 7.000000000000001 hundredths, 70 thousandths
  ['fb3fb1eb851eb851ec', 'c81846'],
  // 429496729.5 has as many digits as fit, 429496729.6 one too many; 9007199254740991.5 is none of them
  ['fb41b9999999800000', 'c61affffffff'],
  ['fb41b999999999999a', 'fb41b999999999999a'],
  // 21.375, 48.5, 1, 65504, 2^-14: halves
  ['fb4035600000000000', 'f94d58'],
  ['fb4048400000000000', 'f95210'],
  ['fb3ff0000000000000', 'f93c00'],
  ['fb40effc0000000000', 'f97bff'],
  ['fb3f10000000000000', 'f90400'],
  ['fb7ff0000000000000', 'f97c00'],
  ['fbfff0000000000000', 'f9fc00'],
  ['fb7ff8000000000000', 'f97e00'],
  // 2^-15 is a decimal too long, 2^127 and the float below it
  ['fb3f00000000000000', 'fa38000000'],
  ['fb47e0000000000000', 'fa7f000000'],
  ['fb47dfffffe0000000', 'fa7effffff'],
  ['fb47e0000010000000', 'fb47e0000010000000'],
  // The digits of this one are 0.9's
  ['fb3feccccccccccccc', 'fb3feccccccccccccc'],
  ['fb3ffb333333333334', 'fb3ffb333333333334'],
  // Negative, and as many digits as fit
  ['fbc1b9999999800000', 'c63afffffffe'],
  // Another NaN, zero with either sign, the least number
  ['fb7ff8000000000001', 'fb7ff8000000000001'],
  ['fb0000000000000000', 'fb0000000000000000'],
  ['fb8000000000000000', 'fb8000000000000000'],
  ['fb0000000000000001', 'fb0000000000000001'],
  ['f98000', 'f98000'],
];

/** Payloads that numbers and short floats would not give back. */
export const AS_IT_IS: readonly string[] = [
  '01',
  '8101',
  'f6',
  '43010203',
  'a10101',
  'a12001',
  'a16174f93c00',
  'a16174f90000',
  'a16174fa3f800000',
  'a16174c101',
  'a16174c1',
  'a16174',
];
