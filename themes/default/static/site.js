// Small additions only: every page reads without this file.
(() => {
  'use strict';
  const root = document.documentElement;
  const $ = (s, n = document) => n.querySelector(s), $$ = (s, n = document) => [...n.querySelectorAll(s)];
  const low = s => s.toLowerCase();

  // light or dark, kept for the next page
  let kept; try { kept = localStorage.theme } catch { /* storage may be refused */ }
  if (kept) root.dataset.theme = kept;
  const button = $('[data-theme-toggle]');
  if (button) {
    button.hidden = false;
    button.onclick = () => {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      try { localStorage.theme = root.dataset.theme } catch { /* as above */ }
    };
  }

  // copy the text before the button; without the clipboard (http, file) select it instead
  $$('[data-copy]').forEach(b => b.onclick = async () => {
    const text = b.parentNode.firstElementChild;
    try { await navigator.clipboard.writeText(text.textContent); b.dataset.done = ''; setTimeout(() => delete b.dataset.done, 1500) }
    catch { getSelection().selectAllChildren(text) }
  });

  // front page: facets, words and sorting; the state is in the address
  const form = $('.facets form'), cards = $$('.card');
  if (form && cards.length) {
    const find = $('.find'), q = $('#q'), field = $('#f'), sort = $('[data-sort]'), groups = $$('.group');
    const fields = ['key', 'title', 'authors', 'organism', 'method', 'keywords', 'licence', 'has'];
    const words = (c, f) => low((f ? f === 'name' ? [c.dataset.key, c.dataset.title] : [c.dataset[f]] : fields.map(n => c.dataset[n])).join(' '));
    const fits = (c, state) => {
      for (const name of ['organism', 'method', 'licence', 'has']) {
        const wanted = state.getAll(name), has = c.dataset[name].split('|');
        if (wanted.length && !wanted.some(w => has.includes(w))) return false;
      }
      const text = words(c, state.get('in'));
      return low(state.get('q') || '').split(/\s+/).every(w => text.includes(w));
    };
    const show = () => {
      const state = new URLSearchParams($$('input:checked', form).map(i => [i.dataset.facet, i.value]));
      if (q?.value.trim()) { state.set('q', q.value.trim()); if (field.value) state.set('in', field.value) }
      if (sort.value !== 'released') state.set('sort', sort.value);
      let n = 0;
      cards.forEach(c => { c.hidden = !fits(c, state); n += !c.hidden });
      groups.forEach(g => {
        g.hidden = !$$('.card', g).some(c => !c.hidden);
        const by = sort.value, list = $('.cards', g);
        const order = (a, b) => by === 'images' ? b.dataset.images - a.dataset.images : by === 'released' ? a.n - b.n : a.dataset[by].localeCompare(b.dataset[by], undefined, { numeric: true });
        $$('.card', g).sort(order).forEach(c => list.append(c));
      });
      $('[data-status]').textContent = n === 1 ? '1 study' : n + ' studies';
      $('[data-empty]').hidden = n > 0;
      return state;
    };
    const go = () => { const state = show().toString(); try { history.replaceState(null, '', state ? '?' + state : location.pathname) } catch { /* file: */ } };
    const given = new URLSearchParams(location.search);
    cards.forEach((c, i) => c.n = i);
    $$('input', form).forEach(i => i.checked = given.getAll(i.dataset.facet).includes(i.value));
    if (q) { q.value = given.get('q') || ''; field.value = given.get('in') || ''; q.oninput = field.onchange = go; find.onsubmit = e => { e.preventDefault(); go(); $('.groups').scrollIntoView() } }
    sort.value = given.get('sort') || 'released';
    form.onchange = sort.onchange = go; form.onsubmit = e => e.preventDefault();
    $('[data-clear]').onclick = () => { form.reset(); $$('input', form).forEach(i => i.checked = false); if (q) q.value = ''; go() };
    show();
    if (given.has('q')) $('.groups').scrollIntoView();
  }

  // dataset: filter and sort the images of this page
  const filter = $('[data-filter]'), order = $('[data-order]'), lists = $$('[data-rows]');
  if (filter && lists.length) {
    const rows = lists.map(l => [...l.children]), text = rows[0].map((_, i) => low(rows.map(r => r[i].textContent).join(' ')));
    const status = $('[data-status]'), said = status.textContent;
    const show = () => {
      const w = low(filter.value.trim()), by = order.value; let n = 0;
      rows.forEach((r, l) => {
        r.forEach((e, i) => { e.hidden = !text[i].includes(w); if (!l) n += !e.hidden });
        [...r].sort((a, b) => by ? a.dataset[by].localeCompare(b.dataset[by], undefined, { numeric: true }) : 0).forEach(e => lists[l].append(e));
      });
      status.textContent = w ? n + ' of ' + rows[0].length + ' shown' : said;
      $('[data-empty]').hidden = n > 0;
    };
    filter.oninput = order.onchange = show;
  }

  // image: both ends of each channel's window, on the layers as published
  const viewer = $('.viewer'), svg = 'http://www.w3.org/2000/svg';
  if (viewer) $$('.rng', viewer).forEach((box, k) => {
    const d = box.dataset, start = +d.start, end = +d.end, bottom = Math.min(+d.low, start), top = Math.max(+d.high, end), step = (top - bottom) / 500 || 1;
    const colour = [1, 3, 5].map(i => parseInt(d.color.slice(i, i + 2), 16) / 255), line = $('.hist path', box.parentNode);
    const defs = viewer.insertBefore(document.createElementNS(svg, 'svg'), null), f = defs.appendChild(document.createElementNS(svg, 'filter')), t = f.appendChild(document.createElementNS(svg, 'feComponentTransfer'));
    defs.setAttribute('width', 0); defs.setAttribute('height', 0); defs.setAttribute('aria-hidden', 'true'); defs.setAttribute('class', 'vh');
    f.id = 'w' + k; f.setAttribute('color-interpolation-filters', 'sRGB');
    const parts = ['R', 'G', 'B'].map(c => { const p = t.appendChild(document.createElementNS(svg, 'feFunc' + c)); p.setAttribute('type', 'table'); return p });
    const range = (words, value) => { const i = document.createElement('input'), o = document.createElement('output'), w = document.createElement('span'); Object.assign(i, { type: 'range', min: bottom, max: top, step: 'any', value }); i.setAttribute('aria-label', d.name + ', ' + words); w.textContent = words; box.append(w, i, o); return [i, o] };
    const [a, ao] = range('low', start), [b, bo] = range('high', end), reset = document.createElement('button');
    reset.className = 'btn sm'; reset.type = 'button'; reset.textContent = 'As published'; reset.hidden = true; box.append(reset);
    const show = () => {
      let s = +a.value, e = +b.value; if (e <= s) e = s + step;
      ao.value = +s.toPrecision(4); bo.value = +e.toPrecision(4);
      const moved = Math.abs(s - start) > step || Math.abs(e - end) > step; reset.hidden = !moved;
      if (moved) viewer.dataset.moved = '';
      const img = $('.' + d.layer, viewer);
      parts.forEach((p, c) => p.setAttribute('tableValues', Array.from({ length: 65 }, (_, j) => { const v = colour[c] ? Math.min(j / 64 / colour[c], 1) : 0; return (colour[c] * Math.min(Math.max((start + v * (end - start) - s) / (e - s), 0), 1)).toFixed(4) }).join(' ')));
      img.style.filter = moved ? 'url(#w' + k + ')' : '';
      const x = v => Math.min(Math.max((v - +d.low) / ((+d.high - +d.low) || 1) * 200, 0), 200);
      line?.setAttribute('d', `M${x(s)} 0V40M${x(e)} 0V40`);
    };
    a.oninput = b.oninput = show; reset.onclick = () => { a.value = start; b.value = end; show(); delete viewer.dataset.moved };
    box.hidden = false; show();
  });

  // image: the viewer, when it is asked for, or by an address that says what to show
  if (viewer?.dataset.viewer) {
    const canvas = $('.canvas', viewer), bar = $('.over.tr', viewer), open = document.createElement('button');
    const said = words => { let p = $('.over.bl', canvas); if (!p) { p = document.createElement('p'); p.className = 'over bl'; p.setAttribute('role', 'status'); canvas.append(p) } p.textContent = words };
    const start = async () => {
      if (location.protocol === 'file:') return said('The viewer needs a web server: run `publisher serve`, and open the address that it prints.');
      open.disabled = true; said('Loading the viewer …');
      try { await (await import(new URL(viewer.dataset.viewer, location.href).href)).open({ canvas, controls: $('.ctrl', viewer) }) }
      catch (e) { open.disabled = false; said(e.message) }
    };
    open.type = 'button'; open.className = 'btn sm main'; open.textContent = 'Open viewer'; open.onclick = start; bar.prepend(open);
    if (/[#&?](c|z|t|x)=/.test(location.hash || location.search)) start();
  }

  // the viewer's own page: opens what its address names
  const alone = $('[data-open]'), source = new URLSearchParams(location.search).get('source');
  if (alone && source) {
    const said = $('[data-said]'), place = { canvas: $('.canvas', alone), controls: $('.ctrl', alone) };
    $('#source').value = source; alone.hidden = false;
    if (location.protocol === 'file:') said.textContent = 'The viewer needs a web server: run `publisher serve`, and open the address that it prints.';
    else import(new URL(alone.dataset.open, location.href).href).then(v => v.openSource(place, said)).catch(e => { alone.hidden = !$('.map', alone); said.textContent = e.message });
  }

  // 404: say which address was asked for
  const lost = $('[data-lost]'); if (lost) lost.textContent = '· ' + decodeURI(location.pathname);
})();
