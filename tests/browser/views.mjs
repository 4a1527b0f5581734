// Each view by an address of its own, and the answer of the API that its main figure must show.
export const views = [
  {name: 'pair', hash: '#/pair/IND/CHN', api: '/v1/bilateral/IND/CHN'},
  {name: 'pair-months', hash: '#/pair/CHN/IND?freq=M', api: '/v1/bilateral/CHN/IND?freq=M'},
  {name: 'pair-sources', hash: '#/pair/IND/CHN?dataset=*&freq=FY', api: '/v1/bilateral/IND/CHN?freq=FY&dataset=*'},
  {
    name: 'pair-product',
    hash: '#/pair/IND/CHN?product=85&period=FY2009-10..FY2018-19',
    api: '/v1/bilateral/IND/CHN?period=FY2009-10..FY2018-19&product=85',
  },
  {name: 'sectors', hash: '#/sectors/IND/CHN', api: '/v1/bilateral/IND/CHN/products?level=hs2&sort=balance'},
  {
    name: 'sectors-grew',
    hash: '#/sectors/IND/CHN?by=grew',
    api: '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19&vs=FY2008-09&dataset=dgcis-hs2-fy&sort=balance',
  },
  {name: 'dependence', hash: '#/dependence/IND/CHN', api: '/v1/dependence/IND/CHN?sort=-share'},
  {
    name: 'dependence-focus',
    hash: '#/dependence/IND/CHN?method=india80&focus=85',
    api: '/v1/bilateral/IND/CHN?product=85&dataset=dgcis-hs2-fy',
  },
  {name: 'leverage', hash: '#/leverage/IND/CHN', api: '/v1/leverage/IND/CHN?level=sector'},
  {
    name: 'scenario',
    hash: '#/scenario/IND/CHN?product=850760&cut=0.3&years=3',
    api: '/v1/scenario/IND/CHN?product=850760&cut=0.3&years=3&expand=0.1&divert=0.2',
  },
  {
    name: 'check',
    hash: '#/check/IND/CHN?flow=exports&period=2025&value=20.5e9',
    api: '/v1/check?reporter=IND&partner=CHN&flow=exports&period=2025&value=20.5e9',
  },
  {name: 'data', hash: '#/data/IND/CHN', api: '/v1/datasets'},
];
// Beside a synthetic world, whose figures have both sides and all suppliers.
export const worldViews = [
  {name: 'world-pair', hash: '#/pair/DEU/CHN', api: '/v1/bilateral/DEU/CHN'},
  {
    name: 'world-dependence',
    hash: '#/dependence/IND/CHN?level=hs6&method=cepii&dataset=synthetic-world',
    api: '/v1/dependence/IND/CHN?level=hs6&method=cepii&dataset=synthetic-world&sort=-share',
  },
  {
    name: 'world-leverage',
    hash: '#/leverage/IND/CHN?dataset=synthetic-world',
    api: '/v1/leverage/IND/CHN?level=sector&dataset=synthetic-world',
  },
  {
    name: 'world-scenario',
    hash: '#/scenario/IND/CHN?product=S06&cut=0.5&years=4&expand=0&divert=0.05&dataset=synthetic-world',
    api: '/v1/scenario/IND/CHN?product=S06&cut=0.5&years=4&expand=0&divert=0.05&dataset=synthetic-world',
  },
];
