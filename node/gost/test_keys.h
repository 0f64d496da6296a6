// For tests: new GOST keys. Needs the engine; any failure ends the test program.
#pragma once

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <string>

#include "certs/openssl_der.h"
#include "certs/openssl_ptr.h"
#include "certs/pem.h"
#include "node/base/check.h"

namespace tamga::gost {

// PKCS#8 in PEM, of type NID_id_GostR3410_2012_256 or _512.
inline std::string NewKeyPem(int type) {
  const certs::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_id(type, nullptr));
  EVP_PKEY* made = nullptr;
  TAMGA_CHECK(context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1);
  TAMGA_CHECK(EVP_PKEY_CTX_ctrl_str(context.get(), "paramset", "A") > 0);
  TAMGA_CHECK(EVP_PKEY_keygen(context.get(), &made) == 1);
  const certs::EvpPkeyPtr key(made);
  const certs::Pkcs8Ptr pkcs8(EVP_PKEY2PKCS8(key.get()));
  return certs::WritePem("PRIVATE KEY", certs::ToDer<i2d_PKCS8_PRIV_KEY_INFO>(pkcs8.get()));
}

}  // namespace tamga::gost
