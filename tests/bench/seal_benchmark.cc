// What a seal costs beside the bare signature in it: OpenSSL's own calls over the same bytes with the same key.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "certs/p256.h"
#include "certs/seal_verifier.h"
#include "certs/test_certificates.h"
#include "node/base/check.h"
#include "tests/sample_message.h"

namespace tamga::bench {
namespace {

using certs::EvpMdCtxPtr;

// One request of 1 KiB, sealed.
struct Sample {
  SystemRng rng;
  const absl::Time now = certs::TestNow();
  const certs::Seal seal = certs::Kgz().IssueSeal();
  const certs::CurrentTrust trust{certs::TrustStore::Build({{"KGZ", certs::Kgz().RootPem()}}).value()};
  const v1::MessageHeader header = testing::SampleHeader(now, rng);
  const std::string body = rng.Bytes(1024);
  const v1::SealedMessage message = exchange::SealMessage(header, testing::kSampleBodyType, body, seal, rng).value();
  const std::string signed_bytes = certs::PreAuthEncode(certs::kRequestType, message.header());
};

Sample& TheSample() {
  static Sample sample;
  return sample;
}

const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void BareSign(benchmark::State& state) {
  const Sample& sample = TheSample();
  const certs::EvpPkeyPtr key = certs::GenerateP256Key().value();
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key.get())), '\0');
  for (auto _ : state) {
    const EvpMdCtxPtr context(EVP_MD_CTX_new());
    size_t size = signature.size();
    TAMGA_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    TAMGA_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               Bytes(sample.signed_bytes), sample.signed_bytes.size()) == 1);
  }
  state.SetItemsProcessed(state.iterations());
}

void SealHeader(benchmark::State& state) {
  const Sample& sample = TheSample();
  for (auto _ : state) TAMGA_CHECK(sample.seal.Sign(certs::kRequestType, sample.message.header()).ok());
  state.SetItemsProcessed(state.iterations());
}

void SealWholeMessage(benchmark::State& state) {
  Sample& sample = TheSample();
  for (auto _ : state) {
    TAMGA_CHECK(
        exchange::SealMessage(sample.header, testing::kSampleBodyType, sample.body, sample.seal, sample.rng).ok());
  }
  state.SetItemsProcessed(state.iterations());
}

void BareVerify(benchmark::State& state) {
  const Sample& sample = TheSample();
  const std::string& signature = sample.message.signatures(0).value();
  const std::string spki = sample.seal.chain().front().Spki();
  const unsigned char* cursor = Bytes(spki);
  const certs::EvpPkeyPtr key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size())));
  for (auto _ : state) {
    const EvpMdCtxPtr context(EVP_MD_CTX_new());
    TAMGA_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    TAMGA_CHECK(EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(sample.signed_bytes),
                                 sample.signed_bytes.size()) == 1);
  }
  state.SetItemsProcessed(state.iterations());
}

void VerifySealOfKnownChain(benchmark::State& state) {
  const Sample& sample = TheSample();
  const certs::SealVerifier verifier(sample.trust);
  for (auto _ : state) {
    TAMGA_CHECK(
        verifier.Verify(sample.message.signatures(), certs::kRequestType, sample.message.header(), sample.now).ok());
  }
  state.SetItemsProcessed(state.iterations());
}

// A verifier that has seen nobody yet: two certificates are parsed and the path to the root is built and checked.
void VerifySealOfNewChain(benchmark::State& state) {
  const Sample& sample = TheSample();
  for (auto _ : state) {
    const certs::SealVerifier verifier(sample.trust);
    TAMGA_CHECK(
        verifier.Verify(sample.message.signatures(), certs::kRequestType, sample.message.header(), sample.now).ok());
  }
  state.SetItemsProcessed(state.iterations());
}

void OpenWholeMessage(benchmark::State& state) {
  const Sample& sample = TheSample();
  const certs::SealVerifier verifier(sample.trust);
  for (auto _ : state) {
    TAMGA_CHECK(exchange::OpenMessage(sample.message, testing::SampleRules(sample.now), verifier).ok());
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BareSign);
BENCHMARK(SealHeader);
BENCHMARK(SealWholeMessage);
BENCHMARK(BareVerify);
BENCHMARK(VerifySealOfKnownChain);
BENCHMARK(VerifySealOfNewChain);
BENCHMARK(OpenWholeMessage);

}  // namespace
}  // namespace tamga::bench

BENCHMARK_MAIN();
