// A PKCS#11 module (Cryptoki 2.40): the shared library through which a token is reached.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

class Pkcs11Library;  // what all modules of one library share

// Thread-safe. A library is initialised when the first of its modules is opened and finalised with the last one.
class Pkcs11Module {
 public:
  // Loads the library at `path`. What it does then runs with all rights of this process. FailedPrecondition if others
  // than its owner may write to it, it cannot be loaded, is no PKCS#11 module, or does not initialise.
  static absl::StatusOr<std::shared_ptr<const Pkcs11Module>> Open(const std::string& path);

  // For tests: the functions of a library that somebody else initialises and finalises.
  explicit Pkcs11Module(const CK_FUNCTION_LIST& functions);
  ~Pkcs11Module();
  Pkcs11Module(const Pkcs11Module&) = delete;
  Pkcs11Module& operator=(const Pkcs11Module&) = delete;

  const CK_FUNCTION_LIST& functions() const { return functions_; }

  // Calls of the functions are made while one of these lives: the library is not started anew meanwhile.
  class Calls {
   public:
    // Waits while the library is being started anew. `module` outlives this.
    explicit Calls(const Pkcs11Module& module);
    ~Calls();
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;

    // How often the library was started anew. What it gave before, such as sessions, is void after that.
    uint64_t era() const { return era_; }

   private:
    Pkcs11Library& library_;
    const uint64_t era_;
  };

  // Finalises and initialises the library: some, SoftHSM among them, look for tokens only then. All sessions of this
  // process with it end. Aborted, and nothing is done, while there are calls under way; FailedPrecondition if somebody
  // else has initialised it; Unavailable if it does not initialise, which the next try mends.
  absl::Status Restart() const;

 private:
  Pkcs11Module(const CK_FUNCTION_LIST& functions, std::shared_ptr<Pkcs11Library> library);

  const CK_FUNCTION_LIST& functions_;
  const std::shared_ptr<Pkcs11Library> library_;
};

// "C_Sign: CKR_DEVICE_REMOVED"; a code that has no name here is shown as a number.
std::string Pkcs11Failure(absl::string_view function, CK_RV result);

}  // namespace tamga::certs
