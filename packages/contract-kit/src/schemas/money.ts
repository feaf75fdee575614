import { z } from 'zod';

/** The currencies in circulation by ISO 4217, without funds, metals and codes for tests. */
const currencies = `
  AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC
  CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR
  ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
  MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE
  SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF
  YER ZAR ZMW ZWG`
  .trim()
  .split(/\s+/);

export const Currency = z
  .enum(currencies)
  .meta({ id: 'Currency', description: 'A currency code as in ISO 4217.', examples: ['EUR'] });

export const Amount = z
  .int()
  .min(0)
  .meta({ id: 'Amount', description: 'A whole number of the smallest unit of the currency, such as cents.' });

/** An amount of money. It is at most 2^53 - 1, the largest whole number that JSON carries everywhere. */
export const Money = z
  .object({ amount: Amount, currency: Currency })
  .meta({ id: 'Money', examples: [{ amount: 1250, currency: 'EUR' }] });
export type Money = z.infer<typeof Money>;
