// Checks of encoders and transforms for check.cpp.
#include "check.hpp"

#include <cmath>
#include <numeric>

#include <faiss/VectorTransform.h>
#include <faiss/impl/AdditiveQuantizer.h>
#include <faiss/impl/LocalSearchQuantizer.h>
#include <faiss/impl/ProductAdditiveQuantizer.h>
#include <faiss/impl/ResidualQuantizer.h>

namespace faiss_sdk {

namespace {

constexpr size_t max_code_bits = 24;

void check_codebooks(const faiss::AdditiveQuantizer& quantizer, size_t d) {
    expect("the number of codebooks with a number of bits", quantizer.nbits.size(), quantizer.M);
    size_t codes = 0;
    for (size_t bits : quantizer.nbits) {
        expect_between("the bits of a codebook", static_cast<int64_t>(bits), 0, max_code_bits);
        codes += size_t{1} << bits;
    }
    expect("the number of code words", quantizer.total_codebook_size, codes);
    if (quantizer.is_trained && !is_product(quantizer.codebooks.size(), codes, d)) {
        fail("the codebooks have %zu components instead of %zu × %zu", quantizer.codebooks.size(), codes, d);
    }
}

void check_norms(const faiss::AdditiveQuantizer& quantizer) {
    using Additive = faiss::AdditiveQuantizer;
    expect_between("the type of search", quantizer.search_type, Additive::ST_decompress, Additive::ST_norm_rq2x4);
    if (!quantizer.is_trained) {
        return;
    }
    const size_t norms = quantizer.qnorm.codes.size() / sizeof(float);
    switch (quantizer.search_type) {
        case Additive::ST_norm_cqint8:
            expect("the number of norms", norms, 256);
            break;
        case Additive::ST_norm_cqint4:
            expect("the number of norms", norms, 16);
            break;
        case Additive::ST_norm_lsq2x4:
        case Additive::ST_norm_rq2x4:
            expect("the number of norms", norms, 256);
            expect("the size of the table of norms", quantizer.norm_tabs.size(), 32);
            break;
        default:
            break;
    }
}

void check_linear(const faiss::LinearTransform& linear) {
    if (!linear.is_trained) {
        return;
    }
    if (!is_product(linear.A.size(), linear.d_in, linear.d_out)) {
        fail("its matrix has %zu elements instead of %d × %d", linear.A.size(), linear.d_out, linear.d_in);
    }
    if (linear.have_bias) {
        expect("the size of its bias", linear.b.size(), linear.d_out);
    }
}

} // namespace

void check(const faiss::ProductQuantizer& quantizer, size_t d) {
    expect("d of its product quantizer", quantizer.d, d);
    expect_between("the bits of a code of its product quantizer", static_cast<int64_t>(quantizer.nbits), 1, max_code_bits);
    if (quantizer.M == 0 || d % quantizer.M != 0) {
        fail("its product quantizer has %zu parts, which do not divide %zu dimensions", quantizer.M, d);
    }
    expect("the code size of its product quantizer", quantizer.code_size, (quantizer.M * quantizer.nbits + 7) / 8);
    expect("the number of code words of its product quantizer", quantizer.ksub, size_t{1} << quantizer.nbits);
    if (!is_product(quantizer.centroids.size(), quantizer.ksub, d)) {
        fail("the centroids of its product quantizer have %zu components instead of %zu × %zu", quantizer.centroids.size(), quantizer.ksub, d);
    }
}

void check(const faiss::ScalarQuantizer& quantizer, size_t d, bool trained) {
    using Scalar = faiss::ScalarQuantizer;
    expect("d of its scalar quantizer", quantizer.d, d);
    size_t expected = 0;
    switch (static_cast<int>(quantizer.qtype)) {
        case Scalar::QT_8bit:
        case Scalar::QT_4bit:
        case Scalar::QT_6bit:
            expected = 2 * d;
            break;
        case Scalar::QT_8bit_uniform:
        case Scalar::QT_4bit_uniform:
            expected = 2;
            break;
        case Scalar::QT_fp16:
        case Scalar::QT_8bit_direct:
            break;
        default:
#if FAISS_AT_LEAST(1, 9)
            // Most of the newer types exist only in versions whose readers check them.
            expect_between("the type of its scalar quantizer", quantizer.qtype, 0, 255);
            return;
#else
            fail("the type of its scalar quantizer is %d", static_cast<int>(quantizer.qtype));
#endif
    }
    if (trained) {
        expect("the number of trained values of its scalar quantizer", quantizer.trained.size(), expected);
    }
}

void check(const faiss::AdditiveQuantizer& quantizer, size_t d, bool trained) {
    expect("d of its additive quantizer", quantizer.d, d);
    expect_flag("is_trained of its additive quantizer", quantizer.is_trained);
    if (trained && !quantizer.is_trained) {
        fail("its additive quantizer is not trained");
    }
    if (quantizer.M == 0) {
        fail("its additive quantizer has no codebooks");
    }
    auto product = dynamic_cast<const faiss::ProductAdditiveQuantizer*>(&quantizer);
    if (product != nullptr) {
        const size_t splits = product->nsplits;
        if (splits == 0 || d % splits != 0) {
            fail("its additive quantizer splits %zu dimensions by %zu", d, splits);
        }
        expect("the number of parts of its additive quantizer", product->quantizers.size(), splits);
        std::vector<size_t> bits;
        for (const auto* part : product->quantizers) {
            check(*part, d / splits, trained);
            bits.insert(bits.end(), part->nbits.begin(), part->nbits.end());
        }
        if (bits != quantizer.nbits) {
            fail("the codebooks of its additive quantizer are not those of the parts");
        }
    }
    check_codebooks(quantizer, product == nullptr ? d : d / product->nsplits);
    check_norms(quantizer);
    const size_t bits = std::accumulate(quantizer.nbits.begin(), quantizer.nbits.end(), quantizer.norm_bits);
    expect("the code size of its additive quantizer", quantizer.code_size, (bits + 7) / 8);
    if (auto residual = dynamic_cast<const faiss::ResidualQuantizer*>(&quantizer)) {
        expect_between("the beam of its residual quantizer", residual->max_beam_size, 1, max_setting);
    } else if (auto local = dynamic_cast<const faiss::LocalSearchQuantizer*>(&quantizer)) {
        expect("the number of code words of its local search", local->K, size_t{1} << local->nbits[0]);
        expect_between("the vectors of a step of its local search", static_cast<int64_t>(local->chunk_size), 1, int64_t{1} << 32);
        expect_between("the encoding iterations of its local search", static_cast<int64_t>(local->encode_ils_iters), 0, max_setting);
        expect_between("the iterations of its local search", static_cast<int64_t>(local->icm_iters), 0, max_setting);
        expect_between("the changes of a step of its local search", static_cast<int64_t>(local->nperts), 0, static_cast<int64_t>(local->M));
    }
}

void check(const faiss::VectorTransform* transform) {
    if (transform == nullptr) {
        fail("it is missing");
    }
    expect_flag("is_trained", transform->is_trained);
    expect_between("its input dimension", transform->d_in, 1, INT32_MAX);
    expect_between("its output dimension", transform->d_out, 1, INT32_MAX);
    if (auto linear = dynamic_cast<const faiss::LinearTransform*>(transform)) {
        expect_flag("have_bias", linear->have_bias);
        check_linear(*linear);
        if (auto pca = dynamic_cast<const faiss::PCAMatrix*>(linear)) {
            expect_flag("random_rotation", pca->random_rotation);
            // Only training needs the mean, and a matrix that is set has none.
            if (pca->is_trained && !pca->mean.empty()) {
                expect("the size of its mean", pca->mean.size(), pca->d_in);
            }
        }
    } else if (auto remap = dynamic_cast<const faiss::RemapDimensionsTransform*>(transform)) {
        expect("the size of its map", remap->map.size(), remap->d_out);
        for (int dimension : remap->map) {
            expect_between("a dimension of its map", dimension, -1, remap->d_in - 1);
        }
    } else if (dynamic_cast<const faiss::NormalizationTransform*>(transform) != nullptr) {
        expect("its output dimension", transform->d_out, transform->d_in);
    } else if (auto centering = dynamic_cast<const faiss::CenteringTransform*>(transform)) {
        expect("its output dimension", centering->d_out, centering->d_in);
        if (centering->is_trained) {
            expect("the size of its mean", centering->mean.size(), centering->d_in);
        }
    } else if (auto quantization = dynamic_cast<const faiss::ITQTransform*>(transform)) {
        expect_flag("do_pca", quantization->do_pca);
        if (quantization->is_trained) {
            expect("the size of its mean", quantization->mean.size(), quantization->d_in);
            expect("the input dimension of its matrix", quantization->pca_then_itq.d_in, quantization->d_in);
            expect("the output dimension of its matrix", quantization->pca_then_itq.d_out, quantization->d_out);
            check(&quantization->pca_then_itq);
        }
    }
}

} // namespace faiss_sdk
