# R reads CSV and JSON with the right types. Argument: the server's address. One "ok - name" or "not ok - name" a case.
base <- commandArgs(trailingOnly = TRUE)[1]
products <- function(suffix) paste0(base, "/v1/bilateral/IND/CHN/products", suffix,
                                    "?level=hs2&period=FY2018-19&dataset=dgcis-hs2-fy&sort=product")
failed <- FALSE
case <- function(name, code) {
  said <- tryCatch({ code; NULL }, error = function(e) conditionMessage(e))
  if (!is.null(said)) { cat("#", said, "\n"); failed <<- TRUE }
  cat(if (is.null(said)) "ok - R:" else "not ok - R:", name, "\n")
}

case("read.csv keeps codes and numbers", {
  d <- read.csv(products(".csv"), colClasses = c(product = "character"), na.strings = "")
  stopifnot(d$product[1] == "01", is.numeric(d$imports), nrow(d) > 90)
})
case("jsonlite makes a data frame", {
  d <- jsonlite::fromJSON(products(""))$data
  stopifnot(is.data.frame(d), d$product[1] == "01", is.numeric(d$imports))
})
case("both have the same figures", {
  a <- read.csv(products(".csv"), colClasses = c(product = "character"), na.strings = "")
  b <- jsonlite::fromJSON(products(""))$data
  stopifnot(identical(as.numeric(a$imports), as.numeric(b$imports)), identical(a$name, b$name))
})
case("Namibia's NA is a code", {
  d <- read.csv(paste0(base, "/v1/countries.csv?limit=1000"), colClasses = "character", na.strings = "")
  stopifnot(d$iso2[d$id == "NAM"] == "NA", d$m49[d$id == "ALB"] == "008")
})
quit(status = if (failed) 1 else 0)
