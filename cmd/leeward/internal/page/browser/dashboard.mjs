// The test of the dashboard, in headless Chromium against a real demo. It is started by the test of the demo, with the address of the
// admin API and a token in the environment; "cut" and "mend" on its standard output ask for that address to be unreachable.

import assert from 'node:assert/strict'
import { open, axe, cut, mend, shot, soon, admin, token, order } from './world.mjs'

const steps = { firstPaint, failure, incidents, keyboard, wrongToken, readOnly, phone, gone }

// All that is loaded comes from the node, is small, and breaks no rule of the page's own policy.
async function firstPaint({ page, loaded, errors }) {
  await page.goto(`${admin}/#token=${token}`)
  await soon(page, () => document.getElementById('top').textContent.startsWith('All is well'))
  assert.equal(new URL(page.url()).hash, '', 'the token stays in the address')
  assert.deepEqual(loaded.foreign, [], 'something was asked of others')
  assert.ok(loaded.bytes > 10_000 && loaded.bytes < 150_000, `${loaded.bytes} octets are loaded`)
  console.log(`first paint: ${loaded.bytes} octets in ${loaded.requests} requests`)
  await soon(page, () => document.querySelectorAll('#map .colo-up').length === 6 && document.querySelectorAll('#map .flow').length > 10)
  await soon(page, () => document.getElementById('role').textContent === 'admin as demo')
  assert.deepEqual(errors, [])
  await shot(page, 'light')
  await axe(page, 'light')
}

// An upstream fails: the page says it in words, on the map and in the tables, by itself. It is mended: the page says that.
async function failure({ page, errors }) {
  await order('fail-upstream', 'northway')
  await soon(page, () => /northway/.test(document.getElementById('top').textContent) && document.getElementById('top').classList.contains('top-bad'))
  const title = await page.locator('#top').textContent()
  for (const word of ['northway', 'ams', 'lhr', 'iad', 'Since']) assert.ok(title.includes(word), `${word} is not in "${title}"`)
  await soon(page, () => document.querySelectorAll('#map .colo-down').length === 2 && document.querySelectorAll('#map .upstream-failing').length > 0 &&
    document.querySelectorAll('#map .flow-moved').length > 0 && document.querySelectorAll('#map .flow-before').length > 0)
  const row = await page.locator('#upstreams tr', { hasText: 'northway' }).textContent()
  assert.match(row, /failing/)
  assert.match(await page.locator('#flows').textContent(), /of clients are sent elsewhere than before the incident/)
  const votes = page.locator('#uplinks tr', { hasText: 'lhr/northway' }).locator('details')
  await votes.locator('summary').click()
  await soon(page, () => /says down: timeout/.test(document.getElementById('uplinks').textContent))
  await shot(page, 'failing')
  await axe(page, 'failing')
  await order('heal-upstream', 'northway')
  await soon(page, () => document.getElementById('top').textContent.startsWith('All is well'), 60_000)
  assert.ok(await votes.evaluate(d => d.open), 'what was opened is closed again')
  assert.deepEqual(errors, [])
}

// The incident stays, with its timeline.
async function incidents({ page }) {
  const one = page.locator('#incidents li', { hasText: 'northway' }).first()
  await one.locator('summary').click()
  await soon(page, () => document.querySelectorAll('#incidents details[open] .timeline li').length >= 2)
  assert.match(await one.textContent(), /ended.*first failed probe.*northway/s)
}

// A drain is set and ended without a mouse.
async function keyboard({ page }) {
  await page.locator('#token-open').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await soon(page, () => document.getElementById('drain').open && document.activeElement.id === 'drain-target')
  await axe(page, 'dialog')
  await page.keyboard.type('nrt')
  await soon(page, () => document.getElementById('drain-target').value === 'colo:nrt' && /of clients would be sent elsewhere/.test(document.getElementById('drain-preview').textContent))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await soon(page, () => document.getElementById('drain-error').textContent === 'A reason is missing.')
  await page.keyboard.type('new router')
  await page.keyboard.press('Enter')
  await soon(page, () => !document.getElementById('drain').open && /colo:nrt.*new router.*demo/s.test(document.getElementById('overrides').textContent))
  await soon(page, () => document.querySelectorAll('#map .colo-drained').length === 1)
  await shot(page, 'drained')
  const end = page.getByRole('button', { name: 'End the drain of colo:nrt' })
  await end.focus()
  await page.waitForTimeout(1200) // the page is drawn anew meanwhile: focus stays
  assert.ok(await end.evaluate(b => b === document.activeElement), 'the focus is lost')
  await page.keyboard.press('Enter')
  await soon(page, () => document.getElementById('undrain').open)
  await page.locator('#undrain button[type=submit]').focus()
  await page.keyboard.press('Enter')
  await soon(page, () => /None/.test(document.getElementById('overrides').textContent) && document.activeElement.id === 'overrides-h')
}

// What the node refuses is said, with the way around it: the last upstreams may not be drained just so.
async function refused(page) {
  for (const upstream of ['northway', 'eastlink', 'transpac']) {
    await page.locator('#drain-open').click()
    await page.locator('#drain-target').selectOption(`upstream:${upstream}`)
    await page.locator('#drain-reason').fill('all of them')
    await page.locator('#drain-for').selectOption('15m')
    await page.locator('#drain button[type=submit]').click()
    if (upstream !== 'transpac') await soon(page, () => !document.getElementById('drain').open)
  }
  await soon(page, () => /nothing would be left undrained/.test(document.getElementById('drain-error').textContent) && !document.getElementById('drain-forcing').hidden)
  await page.keyboard.press('Escape')
  for (const upstream of ['northway', 'eastlink']) {
    await page.getByRole('button', { name: `End the drain of upstream:${upstream}` }).click()
    await page.locator('#undrain button[type=submit]').click()
    await soon(page, () => !document.getElementById('undrain').open)
  }
}

// A token that is none is said to be none, and the page goes on with the one before.
async function wrongToken({ page }) {
  await refused(page)
  await page.locator('#token-open').click()
  await page.locator('#token-text').fill('leeward_nonsense')
  await page.keyboard.press('Enter')
  await soon(page, () => /not known here/.test(document.getElementById('token-error').textContent))
  await page.keyboard.press('Escape')
  await soon(page, () => document.getElementById('role').textContent === 'admin as demo' && document.getElementById('live').textContent.startsWith('live'))
}

// Without a token the page shows everything, and asks for one where it is needed.
async function readOnly({ page }) {
  await page.goto('about:blank')
  await page.goto(admin)
  await page.locator('#token-open').click()
  await page.locator('#token-forget').click()
  await soon(page, () => document.getElementById('role').textContent === 'may only look')
  await page.locator('#drain-open').click()
  await soon(page, () => document.getElementById('token').open && /role drain/.test(document.getElementById('token-words').textContent))
  await page.locator('#token-text').fill(token)
  await page.keyboard.press('Enter')
  await soon(page, () => !document.getElementById('token').open && document.getElementById('role').textContent === 'admin as demo')
}

// On a phone in the dark nothing is wider than the screen, and everything can be read.
async function phone({ browser }) {
  const small = await open(browser, { viewport: { width: 360, height: 740 }, colorScheme: 'dark', reducedMotion: 'reduce' })
  await small.page.goto(`${admin}/#token=${token}`)
  await soon(small.page, () => document.querySelectorAll('#map .colo').length === 6)
  assert.equal(await small.page.evaluate(() => document.documentElement.scrollWidth), 360)
  await axe(small.page, 'dark')
  await shot(small.page, 'phone')
  await small.page.locator('#drain-open').click()
  await soon(small.page, () => /of clients would/.test(document.getElementById('drain-preview').textContent))
  assert.equal(await small.page.evaluate(() => document.documentElement.scrollWidth), 360)
  await axe(small.page, 'dialog in the dark')
  await shot(small.page, 'phone-drain')
  await small.page.setViewportSize({ width: 1280, height: 900 })
  await small.page.keyboard.press('Escape')
  await shot(small.page, 'dark')
  assert.deepEqual(small.errors, [])
  await small.context.close()
}

// The node is gone: the page says how old it is. It is back: so is the page.
async function gone({ page, errors }) {
  errors.length = 0
  await cut()
  await soon(page, () => /^not live: what is shown is \d+ s old$/.test(document.getElementById('live').textContent))
  await soon(page, () => document.getElementById('top').textContent.startsWith('Nothing was heard of this node since'))
  await shot(page, 'gone')
  await mend()
  await soon(page, () => document.getElementById('live').textContent === 'live' && document.getElementById('top').textContent.startsWith('All is well'))
}

const world = await open()
for (const [name, step] of Object.entries(steps)) {
  const begun = Date.now()
  try {
    await step(world)
  } catch (error) {
    await shot(world.page, `failed-${name}`)
    console.error(`${name}: ${error.stack}\nthe page says: ${(await world.page.locator('body').innerText()).slice(0, 1500)}\nerrors: ${world.errors.join('\n')}`)
    process.exit(1)
  }
  console.log(`${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`)
}
await world.browser.close()
process.exit(0)
