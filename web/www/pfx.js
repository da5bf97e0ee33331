/*
 * pfx.js - PFX 파일로 저장: certificates and keys in one file, to carry elsewhere.
 *
 * Belongs here: what is asked. Not here: making it (core/keyfiles.js), opening
 * one (find.js).
 *
 * The file has the certificate's own password: one less to remember, and no
 * rule is asked of it, for it is not new.
 */
import { css, html } from '../ui/base.js';
import { t } from '../core/i18n.js';
import { makePfxFile, openKeys } from '../core/keyfiles.js';
import { download } from '../core/writer.js';
import { Asking, typed } from './act.js';
import { withoutPair } from './certificate.js';
import { keptAt } from './keep.js';

const forms = ['modern', 'compatible'];

class WwwPfx extends Asking {
  static styles = [...Asking.styles, css`
    fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: 0.25rem; min-inline-size: 0; }
    legend { font-weight: 600; padding: 0; margin-block-end: 0.375rem; }
    label { display: grid; grid-template-columns: 1.5rem minmax(0, 1fr); gap: 0 0.75rem; padding-block: 0.5rem; min-block-size: 2.75rem; cursor: pointer; }
    label strong { display: block; font-weight: 600; }
    label .small { display: block; }
  `];

  constructor() {
    super();
    this.form = forms[0];
  }

  #make() {
    const field = this.renderRoot.querySelector('ig-field');
    const password = typed(field);
    if (password !== null && !this.busy)
      this.opening(field, async () => {
        await openKeys(this.one.files, password);
        this.one.tried = true;
        const name = `${this.owner}.pfx`;
        download(name, new Blob([await makePfxFile(this.one.files, password, this.form)], { type: 'application/x-pkcs12' }));
        await this.finish({ download: name });
      });
  }

  render() {
    if (this.done)
      return this.ended(t('pfx.done'), t('pfx.done.text'), keptAt(this.done, []));
    return html`${this.top()}<div><h1 tabindex="-1">${t('pfx.title')}</h1><p class="lead">${t('pfx.lead')}</p></div>${withoutPair(this.one)}
      <div class="form"><ig-field type="password" .label=${t('password.label')} .hint=${t('pfx.hint')} @enter=${() => this.#make()}></ig-field>
        <fieldset><legend>${t('pfx.form')}</legend>${forms.map((form) => html`<label><input type="radio" name="form" .checked=${form === this.form} @change=${() => this.set({ form })}><span><strong>${t(`pfx.form.${form}`)}</strong><span class="small">${t(`pfx.form.${form}.text`)}</span></span></label>`)}</fieldset>
        ${this.foot(t('pfx.go'), () => this.#make(), t('pfx.busy'))}</div>`;
  }
}
customElements.define('www-pfx', WwwPfx);
