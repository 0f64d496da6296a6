// A PKCS#11 module (Cryptoki 2.40): the shared library through which a token is reached.
#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tamga::certs {

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

 private:
  Pkcs11Module(const CK_FUNCTION_LIST& functions, bool counted);

  const CK_FUNCTION_LIST& functions_;
  const bool counted_;
};

// "C_Sign: CKR_DEVICE_REMOVED"; a code that has no name here is shown as a number.
std::string Pkcs11Failure(absl::string_view function, CK_RV result);

}  // namespace tamga::certs
