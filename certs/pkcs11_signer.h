// "ecdsa-p256-sha256" with a key that never leaves its token (PKCS#11).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "certs/key_helper.h"
#include "certs/p256.h"
#include "certs/pkcs11_session.h"
#include "certs/signer.h"
#include "node/base/clock_watch.h"
#include "node/base/mutex.h"
#include "node/base/resource_pool.h"

namespace tamga::certs {

// Four sessions at most, each used by one thread at a time. A session or token that fails is opened anew; a token that
// was taken away and is back is found by its label and logged in to again. Where that does not help the module is
// started anew (Pkcs11Module::Restart), at first at once, then after longer and longer pauses.
class Pkcs11Signer final : public Signer, public KeyHelper {
 public:
  // Between two new starts of the module: a second first, twice as long each time, this at most.
  static constexpr absl::Duration kLongestPause = absl::Seconds(30);

  // Finds the key and has it sign something that is then verified with the public key. Errors of Pkcs11Session, each
  // saying what to mend. `uptime`, by which pauses go, outlives the signer.
  static absl::StatusOr<std::unique_ptr<Pkcs11Signer>> Open(std::shared_ptr<const Pkcs11Module> module,
                                                            Pkcs11KeyName name, PinReader read_pin,
                                                            const Uptime& uptime);
  // By the machine's uptime.
  static absl::StatusOr<std::unique_ptr<Pkcs11Signer>> Open(std::shared_ptr<const Pkcs11Module> module,
                                                            Pkcs11KeyName name, PinReader read_pin);

  // How long a call of the token takes is for its module; only waiting for a session is bounded here.
  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override;
  absl::StatusOr<std::string> MakeCsr(const Principal& principal) const override;
  absl::string_view algorithm() const override { return kEcdsaP256Sha256; }
  const std::string& key_id() const override { return key_id_; }
  const KeyHelper* helper() const override { return this; }
  // Has it sign something.
  void Check() const override;

 private:
  using Sessions = ResourcePool<Pkcs11Session>;

  // What opens sessions. A PIN that was refused is not tried again, as that would lock the token.
  class Opener {
   public:
    Opener(std::shared_ptr<const Pkcs11Module> module, Pkcs11KeyName name, PinReader read_pin, const Uptime& uptime);
    absl::StatusOr<std::unique_ptr<Pkcs11Session>> Open();
    // Whether the module was started anew: not before the pause is over, and never while others use it.
    bool Restart();
    // The token signs: the next pause is a short one.
    void Works();

   private:
    const std::shared_ptr<const Pkcs11Module> module_;
    const Pkcs11KeyName name_;
    const PinReader read_pin_;
    const Uptime& uptime_;
    Mutex mutex_;
    absl::Duration pause_ ABSL_GUARDED_BY(mutex_);
    absl::Duration not_before_ ABSL_GUARDED_BY(mutex_);  // uptime
    bool pin_refused_ ABSL_GUARDED_BY(mutex_) = false;
  };

  Pkcs11Signer(std::string token_label, std::unique_ptr<Opener> opener, std::string spki, P256PublicKey public_key);
  // Signs, and notes whether that worked.
  absl::StatusOr<std::string> SignData(absl::string_view data) const;
  absl::StatusOr<std::string> SignSomehow(absl::string_view data) const;
  absl::StatusOr<std::string> SignOnce(Pkcs11Session& session, absl::string_view data) const;

  const std::unique_ptr<Opener> opener_;
  const std::string spki_;
  const std::string key_id_;
  const P256PublicKey public_key_;
  mutable Sessions sessions_;
};

}  // namespace tamga::certs
