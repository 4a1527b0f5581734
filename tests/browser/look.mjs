// What a page does and shows: faults while it loads, and its first table as text.

// Console errors and warnings, exceptions, requests to elsewhere. Violations of the policy are reported on the console, too.
export async function watch(page, origin) {
  const seen = {faults: []};
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|about|blob):/.test(request.url())) seen.faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (event) =>
      window.violations.push(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  return seen;
}
export async function faultsOf(page, seen) {
  return [...seen.faults, ...(await page.evaluate(() => window.violations))];
}

// The first table, opened: ids of its columns, and per row each cell's text and exact value.
export async function readTable(page) {
  await page.evaluate(() => {
    document.querySelector('main .figure:not(.dataset) details').open = true;
  });
  await page.waitForSelector('main .figure:not(.dataset) details table', {state: 'attached'});
  return page.evaluate(() => {
    const details = document.querySelector('main .figure:not(.dataset) details');
    const rest = details.querySelector('.rest');
    if (!rest.hidden) rest.click();
    return {
      columns: [...details.querySelectorAll('thead th')].map((head) => head.dataset.column),
      rows: [...details.querySelectorAll('tbody tr')].map((row) =>
        [...row.children].map((cell) => ({text: cell.textContent, title: cell.title})),
      ),
    };
  });
}
