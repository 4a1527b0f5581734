// The page for people in a browser: it runs examples, keeps its policy, fits a telephone, and reads without scripts.
//   node docs.mjs BASE CHROMIUM
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

const [base, executablePath] = process.argv.slice(2);
let failed = 0;
function check(name, truth, ...said) {
    if (!truth) for (const one of said) console.log(`# ${typeof one === 'string' ? one : JSON.stringify(one)}`);
    console.log(`${truth ? 'ok' : 'not ok'} - ${name}`);
    failed ||= !truth;
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const complaints = [], foreign = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on('request', (request) => request.url().startsWith(`${base}/`) || request.url().startsWith('data:') || foreign.push(request.url()));

    // ---- as it comes
    await page.goto(`${base}/docs/`);
    check('/docs/ leads to /docs', page.url() === `${base}/docs`, page.url());

    // ---- examples
    const examples = page.locator('article .example > a');
    const wrong = [];
    for (const link of await examples.all()) {
        await link.click();
        const answer = link.locator('xpath=../following-sibling::*[1]');
        await answer.locator('xpath=self::*[@data-status]').waitFor();
        if ((await answer.getAttribute('data-status')) !== '200' || (await answer.locator('pre').textContent()).length < 3)
            wrong.push(`${await link.textContent()}: ${await answer.textContent()}`);
    }
    check(`a click on each of ${await examples.count()} examples shows its answer`, (await examples.count()) > 30 && !wrong.length, ...wrong);
    check('the click stays on the page', page.url() === `${base}/docs`, page.url());

    const first = page.locator('#getBilateral'), answer = first.locator('.answer');
    check('an answer is what the server says', JSON.parse(await answer.locator('pre').textContent()).data[0].imports === 70319640000);
    await answer.locator('input').fill('/v1/bilateral/IND/CHN?period=FY2017-18');
    await answer.locator('form button').click();
    await page.waitForFunction(() => document.querySelector('#getBilateral .answer pre').textContent.includes('"FY2017-18"'));
    check('a changed example runs', true);

    await first.locator('.curl button').click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const curled = copied.startsWith(`curl -s '${base}/v1/`) ? execFileSync('sh', ['-c', copied], { encoding: 'utf8' }) : '{}';
    check('the copied line runs in a shell', JSON.parse(curled).data?.length === 1, copied);

    const before = complaints.length;
    check('the console is silent', before === 0, ...complaints);
    check('nothing is fetched from elsewhere', foreign.length === 0, ...foreign);
    const problem = page.locator('#problems a.run').first();
    await problem.click();
    await page.locator('#problems .answer[data-status="404"]').waitFor();
    check('a problem is shown as it is', (await page.locator('#problems .answer pre').textContent()).includes('/problems/'));

    // ---- links
    const anchors = await page.evaluate(() =>
        [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id)));
    check('every anchor leads somewhere', anchors.length === 0, ...anchors);
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((one) => one.id));
    check('every id is there once', new Set(ids).size === ids.length);
    const hrefs = await page.evaluate(() =>
        [...new Set([...document.querySelectorAll('main a[href]:not([href^="#"]):not(#problems a.run)')].map((a) => a.href))]);
    const lost = [];
    for (const href of hrefs) if (!(await fetch(href)).ok) lost.push(href);
    check(`every one of ${hrefs.length} links is answered`, hrefs.length > 50 && lost.length === 0, ...lost);

    // ---- policy
    const inline = await page.evaluate(() => new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
        const script = document.createElement('script');
        script.textContent = 'window.broken_in = true';
        document.body.append(script);
        setTimeout(() => resolve(window.broken_in ? 'it ran' : 'nothing was said'), 1000);
    }));
    check('an inline script is refused', inline === 'script-src-elem' && !(await page.evaluate(() => window.broken_in)), inline);

    // ---- narrow, dark
    const ratio = () => {
        const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const light = (text) => text.match(/\d+/g).slice(0, 3).map(Number).map(channel).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (one) => {
            for (let at = one; at; at = at.parentElement) {
                const colour = getComputedStyle(at).backgroundColor;
                if (!/, 0\)$|transparent/.test(colour)) return colour;
            }
            return 'rgb(255, 255, 255)';
        };
        return Math.min(...[...document.querySelectorAll('p, td, th, a, code, button, small, dd, h2, summary')].slice(0, 4000).map((one) => {
            const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
        }));
    };
    for (const colorScheme of ['light', 'dark']) {
        const phone = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme });
        await phone.goto(`${base}/docs`);
        await phone.locator('#getBilateral .example > a').click();
        await phone.locator('#getBilateral .answer[data-status="200"]').waitFor();
        await phone.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        const width = await phone.evaluate(() => document.documentElement.scrollWidth);
        check(`${colorScheme}: nothing is wider than 360 pixels`, width <= 360, `${width} pixels`);
        const contrast = await phone.evaluate(ratio);
        check(`${colorScheme}: every text has a contrast of 4.5 at least`, contrast >= 4.5, contrast);
        await phone.close();
    }

    // ---- without scripts
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(`${base}/docs`);
    await plain.locator('#getBilateral .example > a').click();
    check('without scripts an example is a link', plain.url().startsWith(`${base}/v1/bilateral/IND/CHN`) && (await plain.content()).includes('70319640000'));
} finally {
    await browser.close();
}
process.exit(failed ? 1 : 0);
