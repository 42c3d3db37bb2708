// Zones, those with errors first. Of many the node tells the worst; others are asked for.

import { h, patch, table, $ } from './dom.js'
import { call } from './api.js'
import { since, many } from './words.js'

let found = null // {match, list} of the last search

export function drawZones(world, into) {
  const { zones, bad_zones: bad, status, at } = world.scene
  const match = $('zones-find').value.trim()
  const searched = match && found?.match === match ? found.list : null
  const list = searched ? searched.zones : status.zones
  const words = searched
    ? `${searched.matched} of ${many(zones, 'zone')} fit${searched.matched > list.length ? `; ${list.length} are shown` : ''}.`
    : `${many(zones, 'zone')}, ${bad ? `${bad} with errors` : 'none with an error'}${zones > list.length ? `; ${list.length} are shown, those with errors first: find others by name` : ''}.`
  patch(into, h('p', { class: bad ? 'error' : 'quiet' }, words),
    table('Zones as they are served', ['zone', { words: 'serial', class: 'number' }, { words: 'records', class: 'number' }, { words: 'steered', class: 'number' }, 'loaded', 'what is wrong'],
      list.map(z => ({ key: z.origin || z.file, class: z.error ? 'bad' : null, cells: [z.origin || z.file, num(z.serial), num(z.records), num(z.steered),
        { class: 'time', of: since(z.loaded, Date.parse(at)) }, wrong(z)] }))))
}

const num = of => ({ class: 'number', of: String(of) })

const wrong = z => [z.error && h('span', { class: 'error' }, `✕ ${z.error}`), z.warnings.length > 0 && h('span', { class: 'warning' }, `▲ ${z.warnings.join('; ')}`)]

// findZones asks for the zones that fit what is typed, a moment after the last key.
let timer
export function findZones(again) {
  clearTimeout(timer)
  timer = setTimeout(async () => {
    const match = $('zones-find').value.trim()
    if (match) {
      const said = await call('GET', `v1/zones?match=${encodeURIComponent(match)}`)
      if (said.ok) found = { match, list: said.data }
    }
    again()
  }, 250)
}
