// Runs the examples of /docs in place. Without it they are plain links.
'use strict';

const LONGEST = 20000; // characters of an answer that are shown

/** Writes to the clipboard, also where the browser keeps its interface for pages that came over TLS. */
async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) throw new Error('the browser refuses');
}

function add_copy_button(pre) {
    const code = pre.querySelector('code');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
        try {
            await copy(code.textContent);
            button.textContent = 'Copied';
        } catch {
            getSelection().selectAllChildren(code);
            button.textContent = 'Selected: copy it';
        }
        setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
    pre.append(button);
}

/** JSON with line breaks; what is short stays on one line. */
function readable(text, type) {
    if (!/[/+]json\b/.test(type)) return text;
    const flat = (value) => value === null || typeof value !== 'object' || (Array.isArray(value) && value.every(flat));
    const write = (value, indent) => {
        const line = JSON.stringify(value);
        if (flat(value) || line.length <= 100) return line;
        const inner = `${indent}  `;
        if (Array.isArray(value)) return `[\n${value.map((one) => inner + write(one, inner)).join(',\n')}\n${indent}]`;
        return `{\n${Object.entries(value).map(([key, one]) => `${inner}${JSON.stringify(key)}: ${write(one, inner)}`).join(',\n')}\n${indent}}`;
    };
    return write(JSON.parse(text), '');
}

async function run(target, answer) {
    const status = answer.querySelector('[role=status]'), body = answer.querySelector('pre');
    status.textContent = 'asking …';
    body.textContent = '';
    try {
        const reply = await fetch(target);
        const text = await reply.text(), type = reply.headers.get('content-type') ?? '';
        const shown = readable(text, type);
        status.textContent = `${reply.status} ${reply.statusText} · ${type} · ${text.length.toLocaleString('en')} characters`;
        body.textContent = shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n… (the link opens all of it)` : shown;
        answer.dataset.status = String(reply.status);
    } catch (error) {
        status.textContent = `no answer: ${error.message}`;
        answer.dataset.status = 'none';
    }
}

/** Where an answer is shown, with the target above it to be changed and asked again. */
function answer_below(place, link) {
    const answer = document.createElement('div');
    answer.className = 'answer';
    const form = document.createElement('form');
    const input = document.createElement('input');
    const button = document.createElement('button');
    input.setAttribute('aria-label', 'Path and query to ask');
    input.value = link.textContent.replace(/^GET /, '');
    input.spellcheck = false;
    button.textContent = 'Run';
    form.append(input, button);
    const status = document.createElement('p');
    status.setAttribute('role', 'status');
    const body = document.createElement('pre');
    body.tabIndex = 0;
    answer.append(form, status, body);
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        run(new URL(input.value.replace(/^\//, ''), document.baseURI), answer);
    });
    place.after(answer);
    return answer;
}

for (const link of document.querySelectorAll('.example > a, a.run')) {
    let answer = null;
    link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        answer ??= answer_below(link.closest('.example, .wide'), link);
        answer.querySelector('input').value = link.textContent.replace(/^GET /, '');
        run(link.href, answer);
    });
}

const prefix = new URL('.', document.baseURI).href.replace(/\/$/, '');
for (const origin of document.querySelectorAll('.origin')) origin.textContent = prefix;
for (const pre of document.querySelectorAll('pre.curl')) add_copy_button(pre);

// On narrow screens the contents would push everything down.
if (matchMedia('(max-width: 60rem)').matches) document.querySelector('nav details').open = false;
