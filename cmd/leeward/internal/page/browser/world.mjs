// What the steps of the test stand on: the browser, the demo, and the rules of accessibility.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const load = createRequire(`${process.env.LEEWARD_BROWSER_MODULES}/`)
const { chromium } = load('playwright-core')
const rules = load.resolve('axe-core/axe.min.js')

export const admin = process.env.LEEWARD_ADMIN
export const token = process.env.LEEWARD_TOKEN
const pictures = process.env.LEEWARD_PICTURES // a directory; none are taken without

// Nothing of the browser itself is to go out: what the page asks for is told apart by that.
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

// open opens a page that may ask for nothing but the admin address.
export async function open(browser, options = { viewport: { width: 1280, height: 900 } }) {
  browser ??= await chromium.launch({ executablePath: process.env.LEEWARD_CHROMIUM, args: quiet })
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const errors = []
  const loaded = { bytes: 0, requests: 0, foreign: [] }
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', error => errors.push(error.stack))
  await page.route('**', route => {
    if (route.request().url().startsWith(`${admin}/`)) return route.continue()
    loaded.foreign.push(route.request().url())
    return route.abort()
  })
  page.on('requestfinished', async request => {
    if (request.url().includes('/v1/')) return
    const { responseBodySize, responseHeadersSize } = await request.sizes()
    loaded.bytes += responseBodySize + responseHeadersSize
    loaded.requests++
  })
  return { browser, context, page, errors, loaded }
}

// soon waits until something holds on the page.
export const soon = (page, holds, timeout = 30_000) => page.waitForFunction(holds, null, { timeout, polling: 100 })

// axe holds the page to the rules of accessibility.
export async function axe(page, what) {
  await page.evaluate(readFileSync(rules, 'utf8'))
  const bad = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations
    .map(v => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')).join(' | ')}`))
  assert.deepEqual(bad, [], `rules of accessibility are broken: ${what}`)
}

export async function shot(page, name) {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: !name.startsWith('phone-drain') })
}

// order tells the demo something, as "leeward demo" does.
export async function order(what, upstream) {
  const response = await fetch(`${admin}/demo/${what}`, { method: 'POST', body: JSON.stringify({ upstream }), headers: { 'Content-Type': 'application/json' } })
  assert.ok(response.ok, `${what}: ${response.status}`)
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

async function ask(word) {
  console.log(word)
  assert.equal((await lines.next()).value, `${word} done`)
}

export const cut = () => ask('cut')
export const mend = () => ask('mend')
