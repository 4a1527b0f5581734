"""How each question is spelled: the one place to change when a route, a parameter or a column gets another name.

`{d}` is the dataset, `{t}` the period, `{r}` the reporter, `{p}` the partner, `{k}` a product, `{l}` the level.
"""

ALL = "limit=50000"
URL = {
    "bilateral": "/v1/bilateral/{r}/{p}?dataset={d}&" + ALL,
    "products": "/v1/bilateral/{r}/{p}/products?dataset={d}&period={t}&level={l}&" + ALL,
    "deficits": "/v1/deficits/{r}?dataset={d}&period={t}&" + ALL,
    "growth": "/v1/growth/{r}?dataset={d}&period={t}&" + ALL,
    "dependence on": "/v1/dependence/{r}/{p}?dataset={d}&period={t}&level={l}&" + ALL,
    "dependence": "/v1/dependence/{r}?dataset={d}&period={t}&level={l}&" + ALL,
    "leverage": "/v1/leverage/{r}/{p}?dataset={d}&period={t}&level={l}&" + ALL,
    "suppliers": "/v1/suppliers/{k}?dataset={d}&period={t}&importer={r}&exclude={p}&" + ALL,
    "scenario": "/v1/scenario/{r}/{p}?dataset={d}&period={t}&product={k}&" + ALL,
    "partners": "/v1/partners/{r}?dataset={d}&period={t}&" + ALL,
    "compare": "/v1/compare?dataset={d}&period={t}&" + ALL,
    "mirror": "/v1/mirror/{r}/{p}?dataset={d}&mirror_dataset={d}&period={t}&" + ALL,
    "flows": "/v1/flows?dataset={d}&period={t}&" + ALL,
    "rca": "/v1/indices/rca?dataset={d}&period={t}&reporter={r}&level={l}&" + ALL,
    "tii": "/v1/indices/tii?dataset={d}&period={t}&reporter={r}&partner={p}",
    "tci": "/v1/indices/tci?dataset={d}&period={t}&reporter={r}&partner={p}&level={l}",
    "grubel-lloyd": "/v1/indices/grubel-lloyd?dataset={d}&period={t}&reporter={r}&partner={p}&level={l}&" + ALL,
    "finger-kreinin": "/v1/indices/finger-kreinin?dataset={d}&period={t}&reporter={r}&partner={p}&level={l}",
    "hirschman": "/v1/indices/hirschman?dataset={d}&period={t}&reporter={r}",
    "hhi": "/v1/indices/hhi?dataset={d}&period={t}&reporter={r}&level={l}&" + ALL,
}

# Ours -> the column's or the summary's. What stands for itself is not listed.
COLUMN = {
    "a": "import_dependence", "b": "partner_market_dependence", "c": "market_dependence", "d": "partner_import_dependence",
    "trade_share_reporter": "trade_share_r", "trade_share_partner": "trade_share_p",
    "aggregate_grubel_lloyd": "aggregate",
}


def column(name):
    return COLUMN.get(name, name)


def url(what, **values):
    """The question with what it needs; everything else that is given goes behind as a parameter (`_` stands for `.`)."""
    pattern = URL[what]
    path = pattern.format(**values)
    used = {name for name in values if "{%s}" % name in pattern}
    more = "".join("&%s=%s" % (name, value) for name, value in values.items() if name not in used)
    return path + more
