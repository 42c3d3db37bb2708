// Drains: set with a reason, an end, and a look at what they would do; ended with one more question.

import { h, patch, $ } from './dom.js'
import { call } from './api.js'
import { percent, many, few, spoken } from './words.js'

let world = null
let asked = 0 // of previews: an answer that comes too late is for another target

// openDrain opens the dialog; while it is open, what there is to drain may change.
export function openDrain(of) {
  world = of
  targets()
  $('drain-reason').value = ''
  $('drain-for').value = '1h'
  refuse('')
  $('drain').showModal()
  preview()
}

function targets() {
  const { colos, upstreams } = world.scene.status
  const option = (value, words) => h('option', { value }, words)
  const uplinks = colos.filter(c => c.uplinks.length > 1).flatMap(c => c.uplinks.map(u => `${c.name}/${u.upstreams.join('+')}`))
  const worded = (name, verdict) => (verdict === 'up' ? name : `${name} (${spoken(verdict)})`)
  patch($('drain-target'),
    h('optgroup', { label: 'colo' }, colos.map(c => option(`colo:${c.name}`, worded(c.name, c.verdict)))),
    h('optgroup', { label: 'upstream' }, upstreams.map(u => option(`upstream:${u.name}`, worded(u.name, u.verdict)))),
    uplinks.length > 0 && h('optgroup', { label: 'uplink' }, uplinks.map(name => option(`uplink:${name}`, name))))
}

async function preview() {
  const target = $('drain-target').value
  const mine = ++asked
  patch($('drain-preview'), h('p', { class: 'quiet' }, 'Asking what it would do.'))
  const said = await call('GET', `v1/whatif?drained=${encodeURIComponent(target)}`)
  if (mine !== asked) return
  patch($('drain-preview'), said.ok ? forecast(said.data) : h('p', { class: 'error' }, `What it would do is not known: ${said.error}`))
}

function forecast(f) {
  if (!f.changes.length) return h('p', null, f.names ? 'No steered answer would change.' : 'No name is steered: no answer would change.')
  const moved = f.changes.map(c => ({ ...c, share: c.moves.reduce((sum, m) => sum + m.client_share, 0) })).sort((a, b) => b.share - a.share)
  const names = moved.reduce((sum, c) => sum + c.names, 0)
  const full = f.demand.filter(d => d.capacity && d.then > d.capacity && d.then > d.now)
  return [
    h('p', null, h('b', null, `${moved.length > 1 ? 'Up to ' : ''}${percent(moved[0].share)} of clients would be sent elsewhere`), `, for ${names} of ${many(f.names, 'steered name')}.`),
    h('ul', null, moved.slice(0, 3).map(c => h('li', null, `${few(c.examples, 2)}: ${few(c.moves.map(m => `${percent(m.client_share)} ${m.from} → ${m.to}`), 4)}`))),
    f.single.map(s => h('p', { class: 'warning' }, `▲ ${many(s.names, 'name')} would hang on ${s.upstream} alone: ${few(s.examples, 3)}.`)),
    full.map(d => h('p', { class: 'warning' }, `▲ ${d.colo} would have to bear ${Math.round(d.then)} answers a second of ${d.capacity}.`)),
    f.failing.length > 0 && h('p', { class: 'warning' }, `▲ ${few(f.failing, 3)} would be failing.`),
  ]
}

// refuse shows why a drain was not done, and for a refusal of the node the way around it.
function refuse(words, forcible) {
  $('drain-error').textContent = words
  $('drain-forcing').hidden = !forcible
  if (!forcible) $('drain-force').checked = false
}

// prepareDrain wires the dialogs; denied is called when the node does not take the order from who gives it.
export function prepareDrain(denied) {
  $('drain-target').onchange = () => {
    refuse('')
    preview()
  }
  $('drain-form').onsubmit = async event => {
    event.preventDefault()
    const reason = $('drain-reason').value.trim()
    if (!reason) {
      refuse('A reason is missing.')
      return $('drain-reason').focus()
    }
    const body = { target: $('drain-target').value, by: '', reason, force: $('drain-force').checked }
    if ($('drain-for').value) body.for = $('drain-for').value
    const said = await call('POST', 'v1/overrides', body)
    if (said.ok) return $('drain').close()
    if (said.status === 401 || said.status === 403) return denied(said.error)
    refuse(said.error.replace(/; use --force if that is meant/, ''), said.status === 409 && !body.force)
  }
  $('undrain-form').onsubmit = async event => {
    event.preventDefault()
    const said = await call('DELETE', `v1/overrides/${encodeURI($('undrain').dataset.target)}`)
    if (said.ok) {
      $('undrain').close()
      return $('overrides-h').focus()
    }
    if (said.status === 401 || said.status === 403) return denied(said.error)
    $('undrain-error').textContent = said.error
  }
}

export function openUndrain(override) {
  $('undrain').dataset.target = override.target
  $('undrain-words').textContent = `Clients are sent to ${override.target} again, on all nodes. It was drained by ${override.by}: ${override.reason}`
  $('undrain-error').textContent = ''
  $('undrain').showModal()
}
