/*
 * certificate.js - 인증서정보 (PH-30), and the way to delete one.
 *
 * Belongs here: all facts of one certificate. Not here: approving the deletion (request.js).
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import { detailOf, issuerOf, kindOf, stateOf, whichOf } from '../certificates.js';
import { date, dateTime, t } from '../../core/i18n.js';
import { get, post, problemOf } from '../../core/api.js';
import { state } from '../../core/store.js';
import { go } from '../../core/router.js';
import { api } from '../session.js';

class CertificateScreen extends Screen {
  static properties = { id: {} };
  static styles = [...Screen.styles, css`
    .serial { font-family: var(--mono); font-size: 0.9375rem; }
    a.go { display: flex; align-items: center; min-block-size: 3rem; color: inherit; text-decoration: none; font-weight: 600; }
  `];

  async connectedCallback() {
    super.connectedCallback();
    this.certificate = state.certificates?.find((c) => c.id === this.id);
    try {
      this.certificate = await get(`${api}/certificates/${this.id}`);
      this.requestUpdate();
    } catch (e) {
      this.set({ problem: problemOf(e) });
    }
    this.turn();
  }

  async #delete() {
    this.set({ busy: true, problem: undefined });
    try {
      const request = await post(`${api}/certificates/${this.id}/deletion`);
      this.renderRoot.querySelector('ig-dialog').close();
      go(`/r/${request.id}`, { state: { inside: true } });
    } catch (e) {
      this.renderRoot.querySelector('ig-dialog').close();
      this.set({ busy: false, problem: problemOf(e) });
    }
  }

  render() {
    const c = this.certificate;
    if (c === undefined)
      return html`<ig-top label=${t('cert.info')}></ig-top><div class="body"><ig-trouble .problem=${this.problem}></ig-trouble>${this.problem ? nothing : html`<ig-busy></ig-busy>`}</div>`;
    const s = stateOf(c);
    const fact = (key, value) => value === undefined || value === null || value === '' ? nothing : html`<dt>${t(`cert.${key}`)}</dt><dd>${value}</dd>`;
    return html`<ig-top label=${t('cert.info')}></ig-top>
      <div class="body">
        <div class="head"><h1>${c.name}</h1><p class="lead">${kindOf(c)}</p><p><span class="tag ${s.tone}">${s.text}</span></p></div>
        <dl class="facts ruled">
          ${fact('owner', c.owner)}
          ${fact('issuer', ['', issuerOf(c)].includes(c.issuer) ? issuerOf(c) : `${issuerOf(c)} (${c.issuer})`)}
          ${fact('validity', html`<span class="num">${date(c.not_before)} – ${date(c.not_after)}</span>`)}
          ${fact('serial', html`<span class="serial">${c.serial}</span>`)}
          ${fact('policy', html`<span class="serial">${c.policy}</span>`)}
          ${fact('km', t(c.has_km ? 'cert.km.yes' : 'cert.km.no'))}
          ${fact('created', html`<span class="num">${dateTime(c.created)}</span>`)}
          ${fact('last', c.last_used ? html`<span class="num">${dateTime(c.last_used)}</span>` : t('cert.never'))}
          ${fact('uses', html`<span class="num">${t('times', { count: c.uses ?? 0 })}</span>`)}
        </dl>
        <a class="go" href="/history?certificate=${c.id}"><span class="grow">${t('cert.history')}</span>${icons.next}</a>
        ${c.state === 'expired' ? html`<div class="warn stack tight"><h3>${t('cert.expired.title')}</h3><p>${t('cert.expired.text')}</p></div>` : nothing}
        <div class="well stack tight"><h3>${t('cert.export.title')}</h3><p class="small">${t('cert.export.text')}</p></div>
        <ig-trouble .problem=${this.problem}></ig-trouble>
        <button class="btn bad" @click=${() => this.renderRoot.querySelector('ig-dialog').show()}>${t('cert.delete')}</button>
      </div>
      <ig-dialog label=${t('cert.delete')}><div class="stack"><div><h2>${t('cert.delete.title', { owner: c.name })}</h2><p class="small">${detailOf(c)}</p><p class="small num">${whichOf(c)}</p></div>
        <ul class="stack tight">${['one', 'two', 'three'].map((k) => html`<li>${t(`cert.delete.${k}`)}</li>`)}</ul>
        <button class="btn bad" ?disabled=${this.busy} @click=${this.#delete}>${t('cert.delete.go')}</button>
        <button class="btn" @click=${(e) => e.target.closest('ig-dialog').close()}>${t('cancel')}</button></div></ig-dialog>`;
  }
}
customElements.define('screen-certificate', CertificateScreen);
