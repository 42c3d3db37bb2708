// The state of the world in one line. It says times of day, not ages: a line that changes every second is read out every second.

import { h, patch, $ } from './dom.js'
import { clock, percent, many, few } from './words.js'

export function drawTop(world, silent) {
  let { level, words, more } = state(world)
  if (silent) {
    more = `Then: ${words}`
    words = `Nothing was heard of this node since ${clock(silent)}. What is shown is of then.`
    level = 'warn'
  }
  $('top').className = `top top-${level}`
  patch($('top'), h('p', null, words), more && h('p', { class: 'more' }, more))
  document.title = `${level === 'bad' ? '✕ ' : level === 'warn' ? '▲ ' : ''}Leeward ${world.scene.status.node}`
}

// What causes incidents, what touches most first.
const kinds = ['upstream', 'colo', 'uplink', 'service', 'zone', 'operator']

// state is the first that fits:
//
//   an incident is open              it, of several the one that touches most, and how many more; before that, if
//                                    all colos, several, are down, this
//   an upstream or a colo is bad     that: nobody has put an incident together yet
//   something is to be looked at     how much
//   otherwise                        all well
export function state(world) {
  const { status } = world.scene
  const open = (world.incidents?.incidents ?? []).filter(i => i.state === 'open').sort((a, b) => kinds.indexOf(a.cause.kind) - kinds.indexOf(b.cause.kind))
  if (open.length) {
    const [first] = open
    const nowhere = status.colos.length > 1 && status.colos.every(c => c.verdict === 'down')
    const moved = first.client_share === null || first.client_share === undefined ? '' : `, ${percent(first.client_share)} of clients moved`
    return {
      level: first.cause.kind === 'operator' ? 'warn' : 'bad',
      words: (nowhere ? 'All colos are down. ' : '') + first.title,
      more: `Since ${clock(first.start)}${moved}.${open.length > 1 ? ` ${many(open.length - 1, 'more incident')} open.` : ''}`,
    }
  }
  const failing = status.upstreams.filter(u => u.verdict === 'failing').map(u => u.name)
  const down = status.colos.filter(c => c.verdict === 'down').map(c => c.name)
  if (failing.length || down.length) {
    return { level: 'bad', words: [failing.length && `Failing: ${few(failing, 6)}.`, down.length && `Down: ${few(down, 6)}.`].filter(Boolean).join(' ') }
  }
  const problems = status.problems.length
  if (problems) return { level: 'warn', words: `No incident is open; ${many(problems, 'thing')} to look at.` }
  return { level: 'good', words: `All is well: ${parts(world).join(', ')}.` }
}

function parts(world) {
  const { status, zones } = world.scene
  const list = []
  if (status.colos.length) list.push(`${many(status.colos.length, 'colo')} and ${many(status.upstreams.length, 'upstream')} up`)
  if (status.members.length > 1) list.push(`${many(status.members.length, 'node')} agree`)
  list.push(`${many(zones, 'zone')} served`)
  return list
}
