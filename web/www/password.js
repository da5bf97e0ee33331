/*
 * password.js - 인증서 비밀번호 확인 (PC-13).
 *
 * Belongs here: what is asked and said. Not here: the key files (core/keyfiles.js).
 *
 * A password that opens is right, whatever it looks like: the rules are for
 * new ones. Wrong ones are counted for the person, and lock nothing.
 */
import { html } from '../ui/base.js';
import { t } from '../core/i18n.js';
import { NpkiError, openKeys } from '../core/keyfiles.js';
import { Act, typed } from './act.js';

class WwwCheck extends Act {
  constructor() {
    super();
    this.wrong = 0;
  }

  async #check() {
    const field = this.renderRoot.querySelector('ig-field');
    const password = typed(field);
    if (password === null || this.busy)
      return;
    await this.run(async () => {
      try {
        await openKeys(this.one.files, password);
        await this.finish(true);
      } catch (e) {
        if (!(e instanceof NpkiError && e.code === 'RC_SECRET'))
          throw e;
        this.wrong += 1;
        field.error = ['manage.check.wrong', { count: this.wrong }];
        field.focus();
      }
    });
  }

  render() {
    if (this.done)
      return this.ended(t('manage.check.right'), t(this.one.files.kmPri === undefined ? 'manage.check.right.text' : 'manage.check.right.both'));
    return html`${this.top()}<h1 tabindex="-1">${t('password.title')}</h1>
      <div class="form"><ig-field type="password" .label=${t('password.label')} .hint=${t('manage.check.hint')} @enter=${() => this.#check()}></ig-field>
        ${this.foot(t('ok'), () => this.#check(), t('password.checking'))}</div>`;
  }
}
customElements.define('www-check', WwwCheck);
