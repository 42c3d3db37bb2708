// The panels that are plain tables: upstreams, nodes, overrides, problems.

import { h, patch, table } from './dom.js'
import { since, clock, spoken, marks } from './words.js'

export const chip = verdict => h('span', { class: `chip chip-${verdict}` }, `${marks[verdict] ?? ''} ${spoken(verdict)}`)

const quiet = words => h('p', { class: 'quiet' }, words)

export function drawProblems(world, into) {
  into.parentElement.hidden = !world.scene.status.problems.length
  patch(into, h('ul', { class: 'problems' }, world.scene.status.problems.map(p => h('li', null, p))))
}

export function drawUpstreams(world, into) {
  const now = Date.parse(world.scene.at)
  patch(into, table('Upstreams and why they are judged so', ['upstream', 'verdict', 'why', 'since'],
    world.scene.status.upstreams.map(u => ({ key: u.name, cells: [u.name, chip(u.verdict), { class: 'text', of: u.reason }, { class: 'time', of: since(u.since, now) }] }))))
}

export function drawNodes(world, into) {
  const { status } = world.scene
  const own = status.members.find(m => m.name === status.node)
  const rows = status.members.map(m => ({ key: m.name, class: m.state === 'alive' ? null : 'faint', cells: [
    m.name === status.node ? [m.name, h('span', { class: 'quiet' }, ' (asked)')] : m.name, m.colo, m.state, { class: 'number', of: m.name === status.node ? '' : m.heartbeat_age },
    { class: 'word', of: agreement(m, own, status) }, m.version, { class: 'number', of: m.name === status.node ? '' : m.clock_skew }] }))
  patch(into, table('Nodes of the cluster', ['node', 'colo', 'state', { words: 'heard', class: 'number' }, 'view', 'version', { words: 'clock off by', class: 'number' }], rows))
}

// agreement is how a member's view stands to this node's:
//
//   it has not said                            not heard
//   its network is another                     another network
//   its verdicts are the same                  agrees
//   its verdicts differ                        differs, for so long
function agreement(m, own, status) {
  const network = own?.network_digest || status.network_digest
  const verdicts = own?.verdict_digest || status.verdict_digest
  if (!m.network_digest) return status.network_digest ? h('span', { class: 'quiet' }, 'not heard') : ''
  if (m.network_digest !== network) return h('span', { class: 'chip chip-at-risk' }, '▲ another network')
  if (m.verdict_digest === verdicts) return '● agrees'
  return h('span', { class: 'chip chip-at-risk' }, `▲ differs${m.differs && m.differs !== '0.0s' ? ` for ${m.differs}` : ''}`)
}

export function drawOverrides(world, into, undrain) {
  const list = world.scene.status.overrides
  if (!list.length) return patch(into, quiet('None: no operator keeps clients away from anything.'))
  patch(into, table('Overrides in force', ['what', 'why', 'who', 'until', 'end'], list.map(o => ({ key: o.target,
    cells: [[chip('drained'), ` ${o.target}`], { class: 'text', of: o.reason }, o.by, { class: 'time', of: o.until ? clock(o.until) : 'it is ended' },
      h('button', { type: 'button', onclick: () => undrain(o), 'aria-label': `End the drain of ${o.target}` }, 'End')] }))))
}
