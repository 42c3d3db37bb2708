// Where names stand on the map so that none lies over another, or over a colo.

// place gives for each of {x, y, text, size} a point and an anchor for its label, or null where there is no room.
export function place(list, pixels, high) {
  const taken = list.map(at => box(at.x - 7, at.y - 7, 14, 14))
  return list.map((at, i) => {
    const wide = at.text.length * at.size * 0.6 + 4
    const tall = at.size + 3
    for (const [dx, dy, anchor] of spots(tall)) {
      const x = at.x + dx
      const left = anchor === 'start' ? x : anchor === 'end' ? x - wide : x - wide / 2
      const here = box(left, at.y + dy - tall / 2, wide, tall)
      if (here.left < 0 || here.right > pixels || here.top < 0 || here.bottom > high) continue
      if (taken.some((other, j) => j !== i && overlap(here, other))) continue
      taken.push(here)
      return { x, y: at.y + dy + at.size * 0.35, anchor }
    }
    return null
  })
}

const spots = tall => [
  [10, 0, 'start'], [-10, 0, 'end'], [0, -tall, 'middle'], [0, tall, 'middle'],
  [9, -tall * 0.8, 'start'], [-9, -tall * 0.8, 'end'], [9, tall * 0.8, 'start'], [-9, tall * 0.8, 'end'],
  [0, -2 * tall, 'middle'], [0, 2 * tall, 'middle'],
]

const box = (left, top, wide, tall) => ({ left, top, right: left + wide, bottom: top + tall })

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
